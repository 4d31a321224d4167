package org.posthorn.server.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Takes mail by SMTP and by LMTP, on one port of loopback, and keeps none: it counts what it took, and then says so.
 *
 * <p>Each connection has a thread, from its first octet to its end or {@link #close}.
 */
public final class Sink implements AutoCloseable {

    private static final int BACKLOG = 200;

    private final ServerSocket door;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile Tally tally = new Tally("", 0);

    private Sink(ServerSocket door) {
        this.door = door;
    }

    /**
     * Opens it.
     *
     * @param port 0 for any free one
     */
    public static Sink open(int port) throws IOException {
        var sink = new Sink(new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress()));
        Thread.ofPlatform().daemon().name("bench-sink").start(sink::accept);
        return sink;
    }

    /** Where it listens. */
    public int port() {
        return door.getLocalPort();
    }

    /** Counts there, from now on. */
    public Exit expect(Tally next) {
        tally = next;
        return Exit.counted(next);
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                var socket = door.accept();
                open.add(socket);
                Thread.ofPlatform().daemon().name("bench-sink-session").start(() -> serve(socket));
            } catch (IOException e) {
                return;   // closed
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            new Session(socket).run();
        } catch (IOException e) {
            // The server went away, as it does when it has no more mail: what it was not told of, it sends again.
        } finally {
            open.remove(socket);
        }
    }

    @Override public void close() throws IOException {
        door.close();
        for (var socket : open) {
            socket.close();
        }
    }

    private final class Session {

        private final Socket socket;
        private final BufferedReader in;
        private boolean eachIsAnswered;   // LMTP: RFC 2033 section 4.2
        private int recipients;

        Session(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        }

        void run() throws IOException {
            say("220 sink.bench.test ESMTP\r\n");
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                switch (line.length() < 4 ? "" : line.substring(0, 4).toUpperCase(Locale.ROOT)) {
                    case "EHLO", "LHLO" -> {
                        eachIsAnswered = line.toUpperCase(Locale.ROOT).startsWith("LHLO");
                        say("250-sink.bench.test\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 PIPELINING\r\n");
                    }
                    case "HELO", "NOOP", "RSET" -> say("250 ok\r\n");
                    case "MAIL" -> {
                        recipients = 0;
                        say("250 2.1.0 ok\r\n");
                    }
                    case "RCPT" -> {
                        recipients++;
                        say("250 2.1.5 ok\r\n");
                    }
                    case "DATA" -> {
                        say("354 go on\r\n");
                        take();
                        say("250 2.0.0 taken\r\n".repeat(eachIsAnswered ? recipients : 1));
                    }
                    case "QUIT" -> {
                        say("221 2.0.0 bye\r\n");
                        return;
                    }
                    default -> say("502 5.5.1 unknown here\r\n");
                }
            }
        }

        /** A message, which counts when its end is here. */
        private void take() throws IOException {
            var id = "";
            var inHeader = true;
            for (var line = in.readLine(); !".".equals(line); line = in.readLine()) {
                if (line == null) {
                    throw new IOException("the connection ended within a message");
                }
                inHeader = inHeader && !line.isEmpty();
                if (inHeader && line.startsWith(Numbered.FIELD)) {
                    id = line;
                }
            }
            tally.saw(id, Instant.now());
        }

        private void say(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        }
    }
}
