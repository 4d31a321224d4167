package org.posthorn.dist;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/** A mail store by LMTP in this process, which outlives the server: it notes what it took in which life of it. */
final class Store implements AutoCloseable {

    private final ServerSocket socket;
    private final List<Copy> copies = new CopyOnWriteArrayList<>();
    private volatile int life;

    /** One message that was taken. */
    record Copy(int life, String text) {
    }

    Store() throws IOException {
        socket = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!socket.isClosed()) {
                try {
                    var accepted = socket.accept();
                    var during = life;
                    Thread.ofVirtual().start(() -> serve(accepted, during));
                } catch (IOException e) {
                    return;   // closed
                }
            }
        });
    }

    int port() {
        return socket.getLocalPort();
    }

    /** Connections from now on are of that life of the server. */
    void life(int number) {
        life = number;
    }

    List<Copy> copies() {
        return List.copyOf(copies);
    }

    /** Forgets what it took. */
    void clear() {
        copies.clear();
    }

    private void serve(Socket accepted, int during) {
        try (accepted) {
            var in = new BufferedReader(new InputStreamReader(accepted.getInputStream(), StandardCharsets.ISO_8859_1));
            say(accepted, "220 store.test");
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                switch (line.length() < 4 ? line : line.substring(0, 4).toUpperCase(Locale.ROOT)) {
                    case "DATA" -> {
                        say(accepted, "354 go");
                        // Taken from here on, whether the answer arrives or not.
                        copies.add(new Copy(during, text(in)));
                        say(accepted, "250 2.0.0 taken");
                    }
                    case "QUIT" -> {
                        say(accepted, "221 bye");
                        return;
                    }
                    default -> say(accepted, "250 ok");
                }
            }
        } catch (IOException e) {
            // The server was killed; its next life comes again.
        }
    }

    private static String text(BufferedReader in) throws IOException {
        var text = new StringBuilder();
        for (var line = in.readLine(); !".".equals(line); line = in.readLine()) {
            if (line == null) {
                throw new IOException("it ended within a message");
            }
            text.append(line, line.startsWith(".") ? 1 : 0, line.length()).append('\n');
        }
        return text.toString();
    }

    private static void say(Socket socket, String line) throws IOException {
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    @Override public void close() throws IOException {
        socket.close();
    }
}
