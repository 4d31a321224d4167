package org.posthorn.server.delivery.remote;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * An SMTP server on a loopback port that answers each command as the test says, and notes what it heard. An answer may
 * have several lines; {@code "close"} closes the connection instead. A text is answered as the command {@code "."}.
 */
public final class FakeServer implements AutoCloseable {

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final UnaryOperator<String> answers;
    private final Optional<SSLContext> tls;
    private final ServerSocket socket;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** Answers {@code ""} for the greeting, else the command line; an empty answer means the usual one. */
    public FakeServer(UnaryOperator<String> answers) throws IOException {
        this(answers, Optional.empty());
    }

    /** Goes to TLS after a 220 to STARTTLS. */
    FakeServer(UnaryOperator<String> answers, Optional<SSLContext> tls) throws IOException {
        this(answers, tls, new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")));
    }

    private FakeServer(UnaryOperator<String> answers, Optional<SSLContext> tls, ServerSocket socket) {
        this.answers = answers;
        this.tls = tls;
        this.socket = socket;
        Thread.ofVirtual().name("fake-smtp").start(this::accept);
    }

    /** Speaks TLS from the first octet. */
    static FakeServer implicit(UnaryOperator<String> answers, SSLContext tls) throws IOException {
        return new FakeServer(answers, Optional.empty(), tls.getServerSocketFactory().createServerSocket(0, 50,
            InetAddress.ofLiteral("127.0.0.1")));
    }

    /** The port it listens at. */
    public int port() {
        return socket.getLocalPort();
    }

    /** Every line that clients sent, texts included. */
    public List<String> heard() {
        return heard;
    }

    /** How many lines began so. */
    public long heard(String prefix) {
        return heard.stream().filter(line -> line.startsWith(prefix)).count();
    }

    /** Closes all connections, as a server does that starts anew. */
    void hangUp() throws IOException {
        for (var client : open) {
            client.close();
        }
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                var client = socket.accept();
                open.add(client);
                Thread.ofVirtual().name("fake-smtp-session").start(() -> serve(client));
            } catch (IOException e) {
                return;   // closed by the test
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            var in = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
            var secured = client instanceof SSLSocket;
            heard.add(secured ? "(secured)" : "(connected)");
            var say = secured && tls.isPresent() || say(client, "", "220 fake ESMTP");
            for (var line = say ? in.readLine() : null; say && line != null; line = say ? in.readLine() : null) {
                heard.add(line);
                say = say(client, line, usual(line));
                if (say && line.equals("STARTTLS") && tls.isPresent()) {
                    serve(tls.get().getSocketFactory().createSocket(client, InputStream.nullInputStream(), true));
                    return;
                }
                if (say && line.equals("DATA") && answer(line, usual(line)).startsWith("354")) {
                    for (var text = in.readLine(); text != null && !text.equals("."); text = in.readLine()) {
                        heard.add("> " + text);
                    }
                    say = say(client, ".", "250 2.0.0 Taken");
                }
            }
        } catch (IOException e) {
            heard.add("(lost: " + e.getMessage() + ")");
        } finally {
            open.remove(client);
        }
    }

    private static String usual(String line) {
        return switch (line.split(" ", 2)[0]) {
            case "EHLO" -> "250-fake\n250 PIPELINING";
            case "DATA" -> "354 Go on";
            case "QUIT" -> "221 Bye";
            default -> "250 Ok";
        };
    }

    private String answer(String command, String usual) {
        var special = answers.apply(command);
        return special.isEmpty() ? usual : special;
    }

    private boolean say(Socket client, String command, String usual) throws IOException {
        var answer = answer(command, usual);
        if (answer.equals("close")) {
            return false;
        }
        client.getOutputStream().write((answer.replace("\n", "\r\n") + "\r\n").getBytes(StandardCharsets.UTF_8));
        return true;
    }

    @Override public void close() throws IOException {
        socket.close();
        hangUp();
    }
}
