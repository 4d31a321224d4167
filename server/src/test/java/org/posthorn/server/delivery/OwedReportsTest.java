package org.posthorn.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.spool.Change;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.TestClock;
import org.posthorn.server.spool.TestMessages;

/** Outcomes where there is no room for a report of them. */
class OwedReportsTest {

    private final TestClock clock = new TestClock();
    private final InMemorySpool spool = new InMemorySpool(clock);

    private List<RecipientState> states(QueueId id) {
        return spool.find(id).orElseThrow().recipients().stream().map(QueuedRecipient::state).toList();
    }

    @Test void whatWasDoneIsWrittenDownWhereThereIsNoRoomForItsReport() {
        var message = TestMessages.message(spool, clock.instant(), "Subject: x\r\n\r\nx\r\n",
            new RecipientState.Routed(new Route("remote", "d"), clock.instant(), 0, ""), "bad", "good");
        try (var rig = new RunnerRig(spool, new OnDemand(_ -> false), clock)) {
            rig.agent.behaviours.put("d", one -> {
                spool.reserved(true);
                return one.recipient().mailbox().localPart().equals("good")
                    ? new Outcome.Delivered(FakeAgent.TAKEN, "mx")
                    : new Outcome.Failed(Reply.of(550, "5.1.1", "No"), "mx");
            });
            spool.commit(Change.accept(message));
            var end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (states(message.id()).stream().anyMatch(state -> state instanceof RecipientState.Routed)) {
                assertThat(System.nanoTime()).as("the time until it happens").isLessThan(end);
                LockSupport.parkNanos(1_000_000);   // leaves the processor to the runner
            }
            assertThat(rig.routed()).hasSize(1);
        }
        assertThat(states(message.id())).first().isInstanceOf(RecipientState.Failed.class);
        assertThat(states(message.id())).last().isInstanceOf(RecipientState.Delivered.class);
        assertThat(spool.history(message.id())).asString().contains("bounced").doesNotContain("reported");
    }
}
