package org.posthorn.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mail for elsewhere: it waits while the far side is down, goes when it is back, and comes back when it is refused. */
class RelayIT {

    @TempDir private Path temp;

    @Test void mailWaitsForTheFarSideAndRefusalsComeBack() throws IOException {
        var port = freePort();
        try (var posthorn = Posthorn.init(temp.resolve("home"), "--relay-domain", "relay.test=127.0.0.1:" + port)) {
            posthorn.start();
            posthorn.send("ann@local.test", "kim@relay.test", "Subject: waits\n\nwaits\n");
            posthorn.waitUntil("a deferral", () -> queue(posthorn).contains("kim@relay.test"));
            posthorn.waitUntil("a tried delivery", () -> queue(posthorn).contains("4.4.1"));
            try (var far = new FarSide(port)) {
                assertThat(posthorn.at("queue", "retry", "--all").exit()).isZero();
                posthorn.waitUntil("the message there", () -> !far.messages.isEmpty());
                posthorn.waitUntil("an empty queue", () -> !queue(posthorn).contains("kim@relay.test"));
                posthorn.send("ann@local.test", "no@relay.test", "Subject: comes back\n\nx\n");
                var bounce = posthorn.arrived("ann", "comes back");
                assertThat(bounce).contains("no@relay.test", "550 5.1.1 nobody of that name", "Action: failed");
                assertThat(far.messages).hasSize(1);
                assertThat(far.messages.getFirst()).contains("Subject: waits");
            }
            posthorn.send("ann@local.test", "kim@relay.test", "Subject: asked for\n\nx\n");
            posthorn.waitUntil("a tried delivery", () -> queue(posthorn).contains("4.4.1"));
            try (var far = new FarSide(port)) {
                var asked = Posthorn.command("etrn", "127.0.0.1:" + posthorn.port("smtp"), "relay.test");
                assertThat(asked.exit()).isZero();
                assertThat(asked.output()).isEqualTo("253 2.0.0 OK, 1 pending messages for node relay.test started\n");
                posthorn.waitUntil("the message there", () -> !far.messages.isEmpty());
                assertThat(Posthorn.command("etrn", "127.0.0.1:" + posthorn.port("smtp"), "foreign.test").exit())
                    .isEqualTo(4);
            }
        }
    }

    @Test void strangersCannotRelay() throws IOException {
        try (var posthorn = Posthorn.init(temp.resolve("home"))) {
            Files.writeString(posthorn.conf("relay.xml"),
                Files.readString(posthorn.conf("relay.xml")).replace("<trust>127.0.0.0/8</trust>", ""));
            posthorn.start();
            try (var talk = posthorn.talk("smtp")) {
                talk.say("EHLO client.example");
                talk.say("MAIL FROM:<x@client.example>");
                assertThat(talk.say("RCPT TO:<y@elsewhere.example>")).startsWith("550 5.7.1");
                assertThat(talk.say("RCPT TO:<nobody@local.test>")).startsWith("550 5.1.1");
                assertThat(talk.say("RCPT TO:<ann@local.test>")).startsWith("250");
                assertThat(talk.say("RCPT TO:<postmaster@local.test>")).startsWith("250");
                assertThat(talk.say("RCPT TO:<ann+lists@local.test>")).startsWith("250");
            }
            try (var talk = posthorn.talk("submission")) {
                talk.say("EHLO client.example");
                assertThat(talk.say("MAIL FROM:<ann@local.test>")).startsWith("530 5.7.0");
            }
        }
    }

    private static String queue(Posthorn posthorn) {
        try {
            return posthorn.at("queue", "list").output();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** A server that takes everything but {@code no@...}. */
    private static final class FarSide implements AutoCloseable {
        final List<String> messages = new CopyOnWriteArrayList<>();
        private final ServerSocket socket = new ServerSocket();
        private final List<Socket> open = new CopyOnWriteArrayList<>();

        FarSide(int port) throws IOException {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            Thread.ofVirtual().start(() -> {
                while (!socket.isClosed()) {
                    try {
                        var accepted = socket.accept();
                        open.add(accepted);
                        Thread.ofVirtual().start(() -> serve(accepted));
                    } catch (IOException e) {
                        return;   // closed
                    }
                }
            });
        }

        private void serve(Socket accepted) {
            try (accepted) {
                var in = new BufferedReader(new InputStreamReader(accepted.getInputStream(), StandardCharsets.UTF_8));
                say(accepted, "220 far.test");
                for (var line = in.readLine(); line != null; line = in.readLine()) {
                    var verb = line.length() < 4 ? line : line.substring(0, 4).toUpperCase(Locale.ROOT);
                    switch (verb) {
                        case "RCPT" -> say(accepted,
                            line.contains("<no@") ? "550 5.1.1 nobody of that name" : "250 ok");
                        case "DATA" -> {
                            say(accepted, "354 go");
                            messages.add(text(in));
                            say(accepted, "250 taken");
                        }
                        case "QUIT" -> {
                            say(accepted, "221 bye");
                            return;
                        }
                        default -> say(accepted, "250 ok");
                    }
                }
            } catch (IOException e) {
                // The client is gone: the next one will come.
            }
        }

        private static String text(BufferedReader in) throws IOException {
            var text = new StringBuilder();
            for (var line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
                text.append(line).append('\n');
            }
            return text.toString();
        }

        private static void say(Socket socket, String line) throws IOException {
            socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        }

        /** Goes away altogether: a connection that is kept would still take mail. */
        @Override public void close() throws IOException {
            socket.close();
            for (var accepted : open) {
                accepted.close();
            }
        }
    }
}
