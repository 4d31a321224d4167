package org.posthorn.server.delivery.lmtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.lmtp.LmtpSession;
import org.posthorn.protocols.net.ConnectionLimits;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.protocols.net.Encryption;
import org.posthorn.protocols.net.Listener;
import org.posthorn.protocols.net.ListenerObserver;
import org.posthorn.protocols.net.ListenerSettings;
import org.posthorn.protocols.sasl.Mechanisms;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.Incoming;
import org.posthorn.protocols.smtp.Peer;
import org.posthorn.protocols.smtp.Policy;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.smtp.SessionObserver;
import org.posthorn.protocols.smtp.SessionPorts;
import org.posthorn.protocols.smtp.SessionSettings;
import org.posthorn.protocols.smtp.Sink;
import org.posthorn.protocols.smtp.Verdict;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.spool.Route;

/** Our client and our server, through real sockets: {@code none@} is refused at RCPT, {@code full@} after the text. */
class LmtpToOurOwnServerTest {

    private final DeadlineWatch watch = new DeadlineWatch();
    private final List<String> kept = new CopyOnWriteArrayList<>();
    private final Bench bench = new Bench();
    private final Listener listener = new Listener(
        new ListenerSettings("lmtp", "127.0.0.1", 0, new Encryption.None()), new ConnectionLimits(100, 100),
        wire -> new LmtpSession("c1", wire, SessionSettings.smtp("store.example"),
            new SessionPorts(new Door(), new Store(), Mechanisms.none(), SessionObserver.none())),
        watch, ListenerObserver.none());

    @BeforeEach void start() throws IOException {
        watch.start();
        listener.start();
    }

    @AfterEach void stop() {
        bench.close();
        listener.stop(Duration.ofSeconds(1));
        watch.stop();
    }

    private static final class Door implements Policy {
        @Override public Verdict connect(Peer peer) {
            return Verdict.accept();
        }

        @Override public Verdict rcpt(Peer peer, Envelope envelope, Recipient recipient) {
            return recipient.mailbox().localPart().equals("none")
                ? new Verdict.Refuse(Reply.of(550, "5.1.1", "Nobody")) : Verdict.accept();
        }

        @Override public void reset() {
            // Nothing was noted.
        }
    }

    private final class Store implements Sink {
        @Override public Optional<Reply> mail(Peer peer, Envelope envelope) {
            return Optional.empty();
        }

        @Override public Incoming open(Peer peer, Envelope envelope) {
            var text = new ByteArrayOutputStream();
            return new Incoming() {
                @Override public OutputStream body() {
                    return text;
                }

                @Override public List<Reply> finish() {
                    return envelope.recipients().stream().map(recipient -> {
                        if (recipient.mailbox().localPart().equals("full")) {
                            return Reply.of(452, "4.2.2", "Full");
                        }
                        kept.add(recipient.mailbox().localPart());
                        return Reply.of(250, "2.1.5", "Kept");
                    }).toList();
                }

                @Override public void close() {
                    // Nothing is left.
                }
            };
        }
    }

    @Test void everyRecipientOfEveryMessageHearsItsOwnReply() throws IOException {
        var route = new Route("lmtp", "127.0.0.1:" + listener.localAddress().getPort());
        for (var i = 0; i < 10; i++) {
            assertThat(bench.deliver(route, "ann" + i, "none", "full", "bob" + i)).containsExactly(
                "delivered 250 2.1.5 Kept", "failed 550 5.1.1 Nobody", "deferred RECIPIENT 452 4.2.2 Full",
                "delivered 250 2.1.5 Kept");
            assertThat(kept).hasSize(2 * i + 2).endsWith("ann" + i, "bob" + i);
        }
    }
}
