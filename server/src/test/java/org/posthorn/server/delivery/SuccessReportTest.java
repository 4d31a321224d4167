package org.posthorn.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.server.spool.Change;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.NewMessage;
import org.posthorn.server.spool.NewRecipient;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.TestClock;
import org.posthorn.server.spool.TestMessages;

/** A success is reported along with its settlement or never: it is not given up at once. */
class SuccessReportTest {

    private final TestClock clock = new TestClock();
    private final InMemorySpool spool = new InMemorySpool(clock);

    private QueueId accept() {
        var message = TestMessages.message(spool, clock.instant(), "Subject: x\r\n\r\nx\r\n",
            new RecipientState.Routed(new Route("remote", "d"), clock.instant(), 0, ""), "a");
        spool.commit(Change.accept(new NewMessage(message.id(), message.origin(), message.variants(),
            message.recipients().stream().map(one -> new NewRecipient(new Recipient(one.recipient().mailbox(),
                Set.of(Recipient.Notify.SUCCESS), ""), one.variant(), one.state())).toList(), List.of())));
        return message.id();
    }

    @Test void itIsReportedAsSoonAsThatCanBeDone() {
        var tries = new AtomicInteger();
        var id = accept();
        try (var _ = new RunnerRig(spool, new OnDemand(_ -> false), clock, real -> (message, notices) -> {
            if (tries.getAndIncrement() == 0) {
                throw new IllegalStateException("not now");
            }
            return real.report(message, notices);
        })) {
            var end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (!spool.find(id).orElseThrow().recipients().getFirst().state().isFinal()) {
                assertThat(System.nanoTime()).as("the time until it happens").isLessThan(end);
                LockSupport.parkNanos(1_000_000);
            }
        }
        assertThat(tries).hasValue(2);
        assertThat(TestMessages.words(spool, id)).contains("delivered", "reported").doesNotContain("unreported");
    }
}
