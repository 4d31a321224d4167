package org.posthorn.server.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.posthorn.mailets.port.HostPort;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.protocols.net.Wire;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.Incoming;
import org.posthorn.protocols.smtp.Peer;
import org.posthorn.protocols.smtp.Policy;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.smtp.SessionEvent;
import org.posthorn.protocols.smtp.SessionPorts;
import org.posthorn.protocols.smtp.SessionSettings;
import org.posthorn.protocols.smtp.Sink;
import org.posthorn.protocols.smtp.SmtpSession;
import org.posthorn.protocols.smtp.Verdict;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.config.ServerConfig;
import org.posthorn.server.delivery.remote.TestTls;

/** A server that keeps our mail is asked, over a socket; its lines are a script. */
class FetcherTest {

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final DeadlineWatch watch = new DeadlineWatch();
    private final Fetcher fetcher = new Fetcher(new ServerConfig("branch.example", Duration.ZERO, Duration.ZERO), watch,
        this::reception);
    private ServerSocket listening;

    @BeforeEach void start() throws IOException {
        watch.start();
        listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    @AfterEach void stop() throws IOException {
        fetcher.stop(Duration.ofSeconds(1));
        listening.close();
        watch.stop();
    }

    /** A session that takes everything. */
    private Reception.Visit reception(Wire wire) {
        var session = new SmtpSession("c1", wire, SessionSettings.smtp("branch.example"),
            new SessionPorts(new Open(), new Kept(), org.posthorn.protocols.sasl.Mechanisms.none(),
                (_, event) -> {
                    if (event instanceof SessionEvent.MessageDone done) {
                        received.add(done.envelope().recipients().toString());
                    }
                }));
        return new Reception.Visit() {
            @Override public int messages() {
                return received.size();
            }

            @Override public void run() {
                session.run();
            }

            @Override public void endSoon() {
                session.endSoon();
            }
        };
    }

    private static final class Open implements Policy {
        @Override public Verdict connect(Peer peer) {
            return Verdict.accept();
        }

        @Override public Verdict rcpt(Peer peer, Envelope envelope, Recipient recipient) {
            return Verdict.accept();
        }

        @Override public void reset() {
            // nothing is noted
        }
    }

    private static final class Kept implements Sink {
        @Override public Optional<Reply> mail(Peer peer, Envelope envelope) {
            return Optional.empty();
        }

        @Override public Incoming open(Peer peer, Envelope envelope) {
            return new Incoming() {
                @Override public OutputStream body() {
                    return new ByteArrayOutputStream();
                }

                @Override public List<Reply> finish() {
                    return List.of(Reply.of(250, "2.0.0", "kept"));
                }

                @Override public void close() {
                    // nothing is open
                }
            };
        }
    }

    /** The server says each of these, {@code \\n} between lines, and waits for a line in between. */
    private HostPort server(String... script) {
        Thread.ofVirtual().start(() -> {
            try (Socket socket = listening.accept()) {
                var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                for (var said : script) {
                    socket.getOutputStream().write((said.replace("\n", "\r\n") + "\r\n")
                        .getBytes(StandardCharsets.UTF_8));
                    var line = in.readLine();
                    heard.add(line == null ? "(closed)" : line);
                }
                while (in.readLine() != null) {
                    // until it is closed
                }
            } catch (IOException e) {
                heard.add("(lost)");
            }
        });
        return new HostPort("127.0.0.1", listening.getLocalPort());
    }

    private Report ask(HostPort server, Errand.Way way, String... names) {
        return fetcher.run(new Errand(server, way, List.of(names), new Errand.Line(Security.NONE, false),
            Optional.empty()));
    }

    private static Report answered(int messages, String reply) {
        return new Report.Answered(Reply.parse(reply), messages);
    }

    @Test void afterAtrnTheMailComesInOverTheSameConnection() {
        var report = ask(server("220 keeper ESMTP ODMR", "250 keeper", "250 2.0.0 OK", "HELO keeper",
            "MAIL FROM:<a@x.example>", "RCPT TO:<kim@branch.example>", "DATA", "Subject: x\n\nx\n.", "QUIT"),
            Errand.Way.ATRN, "branch.example", "other.example");
        assertThat(report).isEqualTo(answered(1, "250 2.0.0 OK"));
        assertThat(heard).contains("EHLO branch.example", "ATRN branch.example,other.example",
            "220 branch.example ESMTP", "354 End data with <CR><LF>.<CR><LF>").doesNotContain("(lost)");
        assertThat(received).hasSize(1);
    }

    @Test void whatIsNoTurnIsTheAnswer() {
        assertThat(ask(server("220 keeper", "250 keeper", "453 4.0.0 You have no mail", "221 bye"), Errand.Way.ATRN))
            .isEqualTo(answered(0, "453 4.0.0 You have no mail"));
        assertThat(heard).contains("ATRN", "QUIT");
        assertThat(ask(server("220 keeper", "250 keeper", "450 4.7.1 No", "221 bye"), Errand.Way.ATRN))
            .isEqualTo(answered(0, "450 4.7.1 No"));
    }

    @Test void whatTheServerSaysBeforeOurGreetingIsNoMail() {
        assertThat(ask(server("220 keeper", "250 keeper", "250 OK\nEHLO forged\nMAIL FROM:<a@x.example>"),
            Errand.Way.ATRN)).isEqualTo(answered(0, "250 OK"));
        while (heard.size() < 3) {
            Thread.onSpinWait();    // what was closed with octets unread may be lost on its way
        }
        assertThat(heard.getLast()).matches("554 5\\.5\\.0 .*|\\((lost|closed)\\)");
        assertThat(received).isEmpty();
    }

    @Test void nodesAreAskedForOneByOneUntilOneIsRefused() {
        assertThat(ask(server("220 keeper", "250 keeper", "253 2.0.0 OK, 2 pending", "251 2.0.0 nothing", "221 bye"),
            Errand.Way.ETRN, "a.example", "@b.example")).isEqualTo(answered(0, "251 2.0.0 nothing"));
        assertThat(heard).containsSubsequence("ETRN a.example", "ETRN @b.example", "QUIT");
        heard.clear();
        assertThat(ask(server("220 keeper", "250 keeper", "459 4.7.1 no", "221 bye"), Errand.Way.ETRN, "a.example",
            "b.example")).isEqualTo(answered(0, "459 4.7.1 no"));
        assertThat(heard).doesNotContain("ETRN b.example");
    }

    @Test void aServerThatIsNotThereOrHangsUpIsAFailureInWords() throws IOException {
        assertThat(ask(server("554 go away", "221 bye"), Errand.Way.ATRN)).isEqualTo(
            new Report.Failed("greeting: 554 go away"));
        var port = listening.getLocalPort();
        listening.close();
        assertThat(ask(new HostPort("127.0.0.1", port), Errand.Way.ATRN))
            .isInstanceOfSatisfying(Report.Failed.class,
                failed -> assertThat(failed.why()).contains("cannot be reached"));
    }

    @Test void aPasswordIsNotSentInTheClear() {
        var server = server("220 keeper", "250-keeper\n250 AUTH PLAIN", "221 bye");
        var report = fetcher.run(new Errand(server, Errand.Way.ATRN, List.of(),
            new Errand.Line(Security.NONE, false), Optional.of(new Errand.Login("kim", "secret"))));
        assertThat(report).isInstanceOfSatisfying(Report.Failed.class,
            failed -> assertThat(failed.why()).contains("not sent in the clear"));
    }

    @Test void aCallThatIsConnectingWhenTheServerStopsGoesNoFurther() throws Exception {
        var tls = TestTls.selfSigned().getSocketFactory();
        var connected = new CountDownLatch(1);
        var stopped = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> {
            try (Socket socket = listening.accept()) {
                connected.countDown();
                stopped.await();
                try (var secured = tls.createSocket(socket, InputStream.nullInputStream(), true)) {
                    secured.getOutputStream().write("220 keeper\r\n".getBytes(StandardCharsets.UTF_8));
                    heard.add(new String(secured.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
                }
            } catch (IOException | InterruptedException e) {
                heard.add("");
            }
        });
        var report = new CompletableFuture<Report>();
        Thread.ofVirtual().start(() -> report.complete(fetcher.run(new Errand(
            new HostPort("127.0.0.1", listening.getLocalPort()), Errand.Way.ATRN, List.of(),
            new Errand.Line(Security.IMPLICIT, true), Optional.empty()))));
        connected.await();
        fetcher.stop(Duration.ofSeconds(1));
        stopped.countDown();
        var end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (heard.isEmpty() && !report.isDone() && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        fetcher.stop(Duration.ZERO);    // ends what goes on all the same
        assertThat(report.get(10, TimeUnit.SECONDS)).isEqualTo(new Report.Failed("the server is stopping"));
    }

    @Test void aServerThatStopsEndsWhatComesInAndAsksNobodyAnyMore() throws InterruptedException {
        var server = server("220 keeper", "250 keeper", "250 2.0.0 OK", "HELO keeper");
        var over = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> {
            ask(server, Errand.Way.ATRN);
            over.countDown();
        });
        while (heard.stream().noneMatch(line -> line.equals("250 branch.example"))) {
            Thread.onSpinWait();
        }
        fetcher.stop(Duration.ofSeconds(30));
        assertThat(over.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(ask(server, Errand.Way.ATRN)).isEqualTo(new Report.Failed("the server is stopping"));
    }
}
