package org.posthorn.server.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.posthorn.server.bench.PlainClient;
import org.posthorn.server.delivery.remote.AnyCertificate;

/** Sends messages as the clients of a busy day do. */
final class RehearsalClient {

    private static final int LINES = 60;             // 4 KiB
    private static final int LARGE_LINES = 5_000;    // more than a segment takes
    private static final String LINE = "0123456789 abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ ....\r\n";

    private RehearsalClient() {
    }

    /** One message, one connection. */
    static void smtp(InetSocketAddress door, String to) throws IOException {
        try (var client = PlainClient.to(door)) {
            client.begin("EHLO");
            message(client, "kim@elsewhere.example", to, LINES);
            client.ask("QUIT");
        }
    }

    /** The same by LMTP. */
    static void lmtp(InetSocketAddress door, String to) throws IOException {
        try (var client = PlainClient.to(door)) {
            client.begin("LHLO");
            message(client, "kim@elsewhere.example", to, LINES);
            client.ask("QUIT");
        }
    }

    /** A message that does not fit into a segment of the spool. */
    static void large(InetSocketAddress door, String to) throws IOException {
        try (var client = PlainClient.to(door)) {
            client.begin("EHLO");
            message(client, "kim@elsewhere.example", to, LARGE_LINES);
            client.ask("QUIT");
        }
    }

    /** Many messages on one connection, pipelined (RFC 2920). */
    static void many(InetSocketAddress door, String to, int messages) throws IOException {
        try (var client = PlainClient.to(door)) {
            client.begin("EHLO");
            for (var i = 0; i < messages; i++) {
                client.say(("MAIL FROM:<kim@elsewhere.example>\r\nRCPT TO:<" + to + ">\r\nDATA\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
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
        try (var client = PlainClient.on(tls)) {
            client.begin("EHLO");
            var secret = "\0" + user + "\0" + password;
            client.ask("AUTH PLAIN " + Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)));
            message(client, user, to, LINES);
            client.ask("QUIT");
        }
    }

    private static void message(PlainClient client, String from, String to, int lines) throws IOException {
        client.ask("MAIL FROM:<" + from + ">");
        client.ask("RCPT TO:<" + to + ">");
        client.ask("DATA");
        client.say(content(from, to, lines));
        client.hear();
    }

    private static byte[] content(String from, String to, int lines) {
        return ("From: <" + from + ">\r\nTo: <" + to + ">\r\nSubject: One of many\r\nMIME-Version: 1.0\r\n"
            + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + LINE.repeat(lines) + ".\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    }
}
