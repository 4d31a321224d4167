package org.posthorn.server.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.posthorn.server.delivery.remote.AnyCertificate;

/** Sends messages as the clients of a busy day do. */
final class RehearsalClient implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int LINES = 60;             // 4 KiB
    private static final int LARGE_LINES = 5_000;    // more than a segment takes
    private static final String LINE = "0123456789 abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ ....\r\n";

    private final Socket socket;
    private final BufferedReader in;
    private final OutputStream out;

    private RehearsalClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.setTcpNoDelay(true);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        out = socket.getOutputStream();
    }

    /** One message, one connection. */
    static void smtp(InetSocketAddress door, String to) throws IOException {
        try (var client = new RehearsalClient(new Socket(door.getAddress(), door.getPort()))) {
            client.begin("EHLO");
            client.message("kim@elsewhere.example", to, LINES);
            client.ask("QUIT");
        }
    }

    /** The same by LMTP. */
    static void lmtp(InetSocketAddress door, String to) throws IOException {
        try (var client = new RehearsalClient(new Socket(door.getAddress(), door.getPort()))) {
            client.begin("LHLO");
            client.message("kim@elsewhere.example", to, LINES);
            client.ask("QUIT");
        }
    }

    /** A message that does not fit into a segment of the spool. */
    static void large(InetSocketAddress door, String to) throws IOException {
        try (var client = new RehearsalClient(new Socket(door.getAddress(), door.getPort()))) {
            client.begin("EHLO");
            client.message("kim@elsewhere.example", to, LARGE_LINES);
            client.ask("QUIT");
        }
    }

    /** Many messages on one connection, pipelined (RFC 2920). */
    static void many(InetSocketAddress door, String to, int messages) throws IOException {
        try (var client = new RehearsalClient(new Socket(door.getAddress(), door.getPort()))) {
            client.begin("EHLO");
            for (var i = 0; i < messages; i++) {
                client.say("MAIL FROM:<kim@elsewhere.example>\r\nRCPT TO:<" + to + ">\r\nDATA\r\n");
                client.hear();
                client.hear();
                client.hear();
                client.say(content("kim@elsewhere.example", to, LINES));
                client.hear();
            }
            client.ask("QUIT");
        }
    }

    /** By submission: TLS from the start, and a login. */
    static void submit(InetSocketAddress door, String user, String password, String to) throws IOException {
        var tls = AnyCertificate.factory().createSocket(door.getAddress(), door.getPort());
        try (var client = new RehearsalClient(tls)) {
            client.begin("EHLO");
            var secret = "\0" + user + "\0" + password;
            client.ask("AUTH PLAIN " + Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)));
            client.message(user, to, LINES);
            client.ask("QUIT");
        }
    }

    private void begin(String hello) throws IOException {
        hear();
        ask(hello + " laptop.example");
    }

    private void message(String from, String to, int lines) throws IOException {
        ask("MAIL FROM:<" + from + ">");
        ask("RCPT TO:<" + to + ">");
        ask("DATA");
        say(content(from, to, lines));
        hear();
    }

    private static String content(String from, String to, int lines) {
        return "From: <" + from + ">\r\nTo: <" + to + ">\r\nSubject: One of many\r\nMIME-Version: 1.0\r\n"
            + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + LINE.repeat(lines) + ".\r\n";
    }

    private void ask(String line) throws IOException {
        say(line + "\r\n");
        hear();
    }

    private void say(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    /** The last line of a reply, which must be a good one. */
    private void hear() throws IOException {
        while (true) {
            var line = in.readLine();
            if (line == null || line.isEmpty() || line.charAt(0) > '3') {
                throw new IOException("the rehearsal's own server said: " + line);
            }
            if (line.length() < 4 || line.charAt(3) != '-') {
                return;
            }
        }
    }

    @Override public void close() throws IOException {
        socket.close();
    }
}
