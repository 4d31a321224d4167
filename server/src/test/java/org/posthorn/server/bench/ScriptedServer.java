package org.posthorn.server.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Takes or refuses all mail, and counts its connections. */
final class ScriptedServer implements AutoCloseable {

    private final ServerSocket socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final AtomicInteger connections = new AtomicInteger();
    private final String answer;

    /** Gives that answer to each MAIL and message; with an empty one it says nothing at all. */
    ScriptedServer(String answer) throws IOException {
        this.answer = answer;
        Thread.ofVirtual().start(() -> {
            while (!socket.isClosed()) {
                try {
                    var accepted = socket.accept();
                    connections.incrementAndGet();
                    Thread.ofVirtual().start(() -> serve(accepted));
                } catch (IOException e) {
                    return;   // closed
                }
            }
        });
    }

    InetSocketAddress door() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
    }

    int connections() {
        return connections.get();
    }

    private void serve(Socket accepted) {
        try (accepted) {
            accepted.setTcpNoDelay(true);
            var in = new BufferedReader(new InputStreamReader(accepted.getInputStream(), StandardCharsets.US_ASCII));
            say(accepted, "220 scripted.test");
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                switch (line.split("[ :]")[0]) {
                    case "MAIL", "." -> say(accepted, answer);
                    case "DATA" -> say(accepted, "354 go on");
                    case "EHLO", "RCPT", "QUIT" -> say(accepted, "250 ok");
                    default -> { }   // of a message
                }
            }
        } catch (IOException e) {
            // The load went away.
        }
    }

    private void say(Socket to, String line) throws IOException {
        if (!answer.isEmpty()) {
            to.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Override public void close() throws IOException {
        socket.close();
    }
}
