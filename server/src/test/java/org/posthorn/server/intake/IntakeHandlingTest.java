package org.posthorn.server.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.Handling;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Peer;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.smtp.Verdict;
import org.posthorn.server.policy.DataVerdict;
import org.posthorn.server.policy.SessionPolicy;
import org.posthorn.server.spool.Draft;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.NewRecipient;
import org.posthorn.server.spool.NewVariant;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.SpooledMessage;
import org.posthorn.server.spool.TestClock;
import org.posthorn.server.spool.TestMessages;

/** What MAIL asked of the queue, on its way into it. */
class IntakeHandlingTest {

    private final TestClock clock = new TestClock();
    private final InMemorySpool spool = new InMemorySpool(clock);
    private boolean quarantine;
    private IntakeConfig config = IntakeConfig.of("mx.example.org", 1 << 20);

    private SpooledMessage sent(Handling handling) throws IOException {
        return sent(handling, "ann@example.org");
    }

    private SpooledMessage sent(Handling handling, String user) throws IOException {
        var peer = new Peer("c1", "submission", new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 587),
            new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 4711), Peer.Greeting.EHLO, "client.example.org",
            Optional.empty(), user);
        var envelope = new Envelope(ReversePath.of(new Mailbox("Ann", "example.org")),
            MailParameters.NONE.with(handling), List.of(TestMessages.recipient("bob")));
        var intake = new Intake(config, spool, new Awaited(), () -> false, _ -> { }, clock);
        try (var incoming = intake.open(policy()).open(peer, envelope)) {
            incoming.body().write("Subject: x\r\n\r\nx\r\n".getBytes(StandardCharsets.UTF_8));
            assertThat(incoming.finish()).singleElement().matches(reply -> reply.isPositive());
        }
        return spool.list(Optional.empty(), 9).getLast();
    }

    private SessionPolicy policy() {
        return new SessionPolicy() {
            @Override public Verdict connect(Peer asked) {
                return Verdict.accept();
            }

            @Override public Verdict rcpt(Peer asked, Envelope so, Recipient recipient) {
                return Verdict.accept();
            }

            @Override public void reset() {
                // Notes nothing.
            }

            @Override public DataVerdict data(Peer asked, Envelope whole, QueueId id, Draft message) {
                var pending = new RecipientState.Pending("root", clock.instant(), 0, false);
                var state = quarantine ? new RecipientState.Held("spam", pending) : pending;
                return new DataVerdict.Take(List.of(new NewVariant(message, "")), whole.recipients().stream()
                    .map(one -> new NewRecipient(one, 0,
                        state)).toList(), Map.of(), List.of());
            }

            @Override public List<String> results() {
                return List.of();
            }
        };
    }

    @Test void aHeldMessageBeginsItsWayWhenItIsReleased() throws Exception {
        var until = clock.instant().plusSeconds(3600);
        var message = sent(Handling.NONE.heldUntil(until));
        assertThat(message.recipients().getFirst().state())
            .isEqualTo(new RecipientState.Pending("root", until, 0, false));
        assertThat(spool.history(message.id()).getLast().detail()).endsWith("octets, held until " + until);
        assertThat(spool.takePending(Duration.ZERO)).isEmpty();
        clock.pass(Duration.ofHours(1));
        assertThat(spool.takePending(Duration.ZERO)).isPresent();
    }

    @Test void aQuarantineLetsNothingGoBeforeItsTime() throws Exception {
        quarantine = true;
        var until = clock.instant().plusSeconds(3600);
        assertThat(sent(Handling.NONE.heldUntil(until)).recipients().getFirst().state()).isEqualTo(
            new RecipientState.Held("spam", new RecipientState.Pending("root", until, 0, false)));
    }

    @Test void noStrangerHasAMessageTraced() throws Exception {
        var traced = new Handling.By(clock.instant().plusSeconds(600), false, true);
        var untraced = new Handling.By(traced.at(), false, false);
        assertThat(sent(Handling.NONE.by(traced), "").origin().parameters().handling().by()).contains(untraced);
        assertThat(sent(Handling.NONE.by(traced)).origin().parameters().handling().by()).contains(traced);
    }

    @Test void aPriorityStandsInReceived() throws Exception {
        assertThat(TestMessages.text(sent(Handling.NONE.priority(-3)).variants().getFirst().content()))
            .contains("\tfor <bob@example.net>\r\n\tPRIORITY -3;\r\n");
        assertThat(TestMessages.text(sent(Handling.NONE).variants().getFirst().content())).doesNotContain("PRIORITY");
    }

    @Test void aSenderMayHaveAReturnPathForEachRecipientByConfiguration() throws Exception {
        config = new IntakeConfig(config.hostname(), config.authservIds(), config.largestMessage(), 100, 1 << 20, 1000,
            config.lmtpWait(), config.lagPause(), Map.of("ann@example.org", "-="));
        assertThat(sent(Handling.NONE).origin().parameters().handling().verp()).isEqualTo("-=");
        assertThat(sent(Handling.NONE.verp("+=")).origin().parameters().handling().verp()).isEqualTo("+=");
        config = IntakeConfig.of("mx.example.org", 1 << 20);
        assertThat(sent(Handling.NONE).origin().parameters().handling().verp()).isEmpty();
    }
}
