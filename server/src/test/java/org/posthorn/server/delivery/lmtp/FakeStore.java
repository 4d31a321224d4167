package org.posthorn.server.delivery.lmtp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/**
 * An LMTP server that answers each command as the test says, and notes what it heard. It is asked for an answer with
 * {@code ""} for the greeting, with each command, and after a text with {@code ". a@example.net"} once for each
 * recipient it took; an empty answer means the usual one, {@code "close"} closes the connection.
 */
final class FakeStore implements AutoCloseable {

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final ServerSocketChannel server;
    private final SocketAddress bound;
    private final Thread accepting;
    private volatile UnaryOperator<String> answers = _ -> "";

    FakeStore(SocketAddress address) throws IOException {
        server = address instanceof UnixDomainSocketAddress
            ? ServerSocketChannel.open(StandardProtocolFamily.UNIX) : ServerSocketChannel.open();
        server.bind(address);
        bound = server.getLocalAddress();
        accepting = Thread.ofVirtual().name("fake-store").start(this::accept);
    }

    FakeStore answering(UnaryOperator<String> special) {
        answers = special;
        return this;
    }

    SocketAddress address() {
        return bound;
    }

    /** Every line that clients sent, texts included. */
    List<String> heard() {
        return heard;
    }

    long heard(String prefix) {
        return heard.stream().filter(line -> line.startsWith(prefix)).count();
    }

    /** Closes all connections, as a store does that starts anew. */
    void hangUp() throws IOException {
        for (var channel : open) {
            channel.close();
        }
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                var client = server.accept();
                open.add(client);
                Thread.ofVirtual().name("fake-store-session").start(() -> serve(client));
            } catch (IOException e) {
                return;   // closed by the test
            }
        }
    }

    private void serve(SocketChannel client) {
        heard.add("(connected)");
        try (client) {
            var in = new BufferedReader(
                new InputStreamReader(Channels.newInputStream(client), StandardCharsets.UTF_8));
            var taken = new ArrayList<String>();
            var say = say(client, "", "220 fake LMTP");
            while (say) {
                var line = in.readLine();
                if (line == null) {
                    break;
                }
                heard.add(line);
                if (line.startsWith("MAIL") || line.equals("RSET")) {
                    taken.clear();
                }
                say = say(client, line, usual(line, taken));
                if (line.startsWith("RCPT TO:") && answer(line, "250").startsWith("250")) {
                    taken.add(line.substring(9, line.indexOf('>')));
                }
                if (say && line.equals("DATA") && answer(line, usual(line, taken)).startsWith("354")) {
                    say = text(client, in, taken);
                }
            }
        } catch (IOException e) {
            heard.add("(lost)");
        } finally {
            open.remove(client);
        }
    }

    private boolean text(SocketChannel client, BufferedReader in, List<String> taken) throws IOException {
        for (var text = in.readLine(); text != null && !text.equals("."); text = in.readLine()) {
            heard.add("> " + text);
        }
        for (var recipient : taken) {
            if (!say(client, ". " + recipient, "250 2.1.5 <" + recipient + "> Saved")) {
                return false;
            }
        }
        return true;
    }

    private static String usual(String line, List<String> taken) {
        return switch (line.split(" ", 2)[0]) {
            case "LHLO" -> "250-fake\n250 PIPELINING";
            case "EHLO", "HELO" -> "500 This is LMTP";
            case "DATA" -> taken.isEmpty() ? "503 No recipients" : "354 Go on";
            case "QUIT" -> "221 Bye";
            default -> "250 Ok";
        };
    }

    private String answer(String command, String usual) {
        var special = answers.apply(command);
        return special.isEmpty() ? usual : special;
    }

    private boolean say(SocketChannel client, String command, String usual) throws IOException {
        var answer = answer(command, usual);
        if (answer.equals("close")) {
            return false;
        }
        var octets = ByteBuffer.wrap((answer.replace("\n", "\r\n") + "\r\n").getBytes(StandardCharsets.UTF_8));
        while (octets.hasRemaining()) {
            client.write(octets);
        }
        return true;
    }

    /** Nobody can connect any more when it returns: the kernel closes once no thread is in accept. */
    @Override public void close() throws IOException {
        server.close();
        try {
            accepting.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        hangUp();
    }
}
