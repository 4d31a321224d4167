package org.posthorn.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.posthorn.mailets.port.Verification.Finding;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.server.chain.RelayConfig;
import org.posthorn.server.chain.TestMail;
import org.posthorn.server.chain.VerifyConfig;
import org.posthorn.server.spool.TestClock;

/** What is remembered of the far side's answers, and how long. */
@Timeout(60)
class RememberedVerificationTest {

    private static final Prober.Finding TAKEN = new Prober.Finding.Taken("mx.far.example");
    private static final Prober.Finding REFUSED = new Prober.Finding.Refused("mx.far.example",
        "mx.far.example said: 550 5.1.1 Who?");
    private static final Prober.Finding SILENT = new Prober.Finding.Unanswered("connection refused");

    private final TestClock clock = new TestClock();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final AtomicReference<Prober.Finding> far = new AtomicReference<>(TAKEN);
    private RememberedVerification verification = verification(VerifyConfig.of(Set.of("far.example")), far::get);

    private interface Far {
        Prober.Finding say();
    }

    private RememberedVerification verification(VerifyConfig config, Far side) {
        return new RememberedVerification(new RelayConfig(List.of(), Set.of(), Set.of("far.example"), config),
            Set.of(new Asking(side)), clock::nanos);
    }

    /** A far side. */
    private final class Asking implements Prober {
        private final Far side;

        Asking(Far side) {
            this.side = side;
        }

        @Override public boolean takes(String domain) {
            return domain.equals("far.example");
        }

        @Override public Finding ask(Mailbox recipient, Deadline until) {
            asked.add(recipient.toString());
            return side.say();
        }
    }

    private static VerifyConfig config(boolean take, Duration wait, int entries) {
        return new VerifyConfig(Set.of("far.example"), take, wait, 2, Duration.ofDays(7), Duration.ofDays(1),
            Duration.ofHours(1), entries);
    }

    private Finding about(String recipient) {
        return verification.about(TestMail.address(recipient));
    }

    @Test void otherDomainsAreNotAskedAbout() {
        assertThat(about("zoe@other.example")).isEqualTo(new Finding.NotVerified());
        assertThat(asked).isEmpty();
    }

    @Test void aYesHoldsADayAndThenUntilTheNextAnswer() {
        assertThat(about("zoe@far.example")).isEqualTo(new Finding.Taken());
        assertThat(about("zoe@FAR.example")).isEqualTo(new Finding.Taken());
        assertThat(asked).hasSize(1);
        clock.pass(Duration.ofDays(1));
        far.set(SILENT);
        assertThat(about("zoe@far.example")).as("nobody answers").isEqualTo(new Finding.Taken());
        assertThat(about("zoe@far.example")).isEqualTo(new Finding.Taken());
        assertThat(asked).as("not again within the minute").hasSize(2);
        clock.pass(Duration.ofMinutes(1));
        far.set(REFUSED);
        assertThat(about("zoe@far.example")).isEqualTo(new Finding.Refused("mx.far.example said: 550 5.1.1 Who?"));
    }

    @Test void aYesIsForgottenAfterAWeekOfSilence() {
        about("zoe@far.example");
        far.set(SILENT);
        clock.pass(Duration.ofDays(6));
        assertThat(about("zoe@far.example")).isEqualTo(new Finding.Taken());
        clock.pass(Duration.ofDays(1));
        assertThat(about("zoe@far.example")).isEqualTo(new Finding.Unanswered("connection refused", false));
    }

    @Test void aNoHoldsAnHour() {
        far.set(REFUSED);
        about("zoe@far.example");
        far.set(TAKEN);
        clock.pass(Duration.ofMinutes(59));
        assertThat(about("zoe@far.example")).isInstanceOf(Finding.Refused.class);
        clock.pass(Duration.ofMinutes(1));
        assertThat(about("zoe@far.example")).isEqualTo(new Finding.Taken());
    }

    @Test void silenceIsRememberedForAMinute() {
        far.set(SILENT);
        assertThat(about("zoe@far.example")).isEqualTo(new Finding.Unanswered("connection refused", false));
        far.set(TAKEN);
        assertThat(about("zoe@far.example")).isInstanceOf(Finding.Unanswered.class);
        clock.pass(Duration.ofMinutes(1));
        assertThat(about("zoe@far.example")).isEqualTo(new Finding.Taken());
    }

    @Test void theOperatorMayTakeWhatNobodyAnswered() {
        verification = verification(config(true, Duration.ofSeconds(9), 9), () -> SILENT);
        assertThat(about("zoe@far.example")).isEqualTo(new Finding.Unanswered("connection refused", true));
    }

    @Test void aFaultOfOursIsNoRefusal() {
        verification = verification(config(false, Duration.ofSeconds(9), 9), () -> {
            throw new IllegalStateException("broken");
        });
        assertThat(about("zoe@far.example")).isEqualTo(new Finding.Unanswered("a fault of ours", false));
        assertThat(about("zoe@far.example")).isEqualTo(new Finding.Unanswered("a fault of ours", false));
        assertThat(asked).hasSize(2);
    }

    @Test void alsoAnErrorLetsTheNextOneAskAgain() {
        verification = verification(config(false, Duration.ofSeconds(9), 9), () -> {
            throw new StackOverflowError("broken");
        });
        assertThat(about("zoe@far.example")).isEqualTo(new Finding.Unanswered("a fault of ours", false));
        assertThat(about("zoe@far.example")).isEqualTo(new Finding.Unanswered("a fault of ours", false));
        assertThat(asked).hasSize(2);
    }

    @Test void aClientWaitsOnlySoLongAndTheAnswerStillHelps() throws InterruptedException {
        var answers = new CountDownLatch(1);
        var answered = new CountDownLatch(1);
        verification = verification(config(false, Duration.ofMillis(20), 9), () -> {
            try {
                answers.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            answered.countDown();
            return TAKEN;
        });
        assertThat(about("zoe@far.example")).isEqualTo(new Finding.Unanswered("no answer within 0 seconds", false));
        answers.countDown();
        answered.await();
        // What was heard is remembered a moment later; the time limit of this class ends the loop by its interrupt.
        var finding = about("zoe@far.example");
        while (!(finding instanceof Finding.Taken) && !Thread.currentThread().isInterrupted()) {
            finding = about("zoe@far.example");
        }
        assertThat(finding).isEqualTo(new Finding.Taken());
        assertThat(asked).hasSize(1);
    }

    @Test void oneQuestionAboutAnAddressAtATime() throws Exception {
        var begun = new CountDownLatch(1);
        var answers = new CountDownLatch(1);
        verification = verification(config(false, Duration.ofSeconds(30), 9), () -> {
            begun.countDown();
            try {
                answers.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return TAKEN;
        });
        var clients = List.of(CompletableFuture.supplyAsync(() -> about("zoe@far.example")),
            CompletableFuture.supplyAsync(() -> about("zoe@far.example")));
        begun.await();
        answers.countDown();
        for (var client : clients) {
            assertThat(client.get()).isEqualTo(new Finding.Taken());
        }
        assertThat(asked).hasSize(1);
    }

    @Test void memoryIsBounded() {
        verification = verification(config(false, Duration.ofSeconds(9), 2), () -> TAKEN);
        for (var user : List.of("one", "two", "one", "three", "one", "two")) {
            about(user + "@far.example");
        }
        assertThat(asked).as("two was asked about for longest, and forgotten").containsExactly("one@far.example",
            "two@far.example", "three@far.example", "two@far.example");
    }
}
