package org.posthorn.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.SpooledMessage;
import org.posthorn.server.spool.TestClock;
import org.posthorn.server.spool.TestMessages;

class QueuesTest {

    private static final Outcome.Deferred GONE =
        new Outcome.Deferred(Reply.of(451, "4.4.1", "Nobody answers"), "", Outcome.Scope.DESTINATION);

    private final TestClock clock = new TestClock();
    private final FakeAgent agent = new FakeAgent(20);
    private final Queues queues = new Queues(Limits.DEFAULT, new RetryPolicy(RetryConfig.DEFAULT, new Random(1)),
        clock, clock::nanos);

    private Queues.Turn begun(String nextHop) {
        var state = new RecipientState.Routed(new Route("remote", nextHop), clock.instant(), 0, "");
        var ann = new QueuedRecipient(0, new Recipient(new Mailbox("ann", "example.net"), Set.of(), ""), 0, state);
        queues.offer(agent, Job.of(new SpooledMessage(new QueueId(7), TestMessages.origin(clock.instant()), List.of(),
            List.of(ann))));
        return queues.begin().getFirst();
    }

    /** Where some job always runs, hosts that were dead once would never be forgotten. */
    @Test void suspensionsThatAreOverAreForgottenWhileOthersWork() {
        begun("busy.example");
        for (var host = 0; host < 50; host++) {
            queues.ended(begun("dead" + host + ".example"), Optional.of(GONE), false, Duration.ZERO);
        }
        assertThat(queues.known()).isEqualTo(51);
        clock.pass(Duration.ofHours(1));
        for (var job = 0; job < 1000; job++) {
            queues.ended(begun("alive.example"), Optional.empty(), true, Duration.ZERO);
        }
        assertThat(queues.known()).as("the one that works, and perhaps the last that did").isLessThanOrEqualTo(2);
    }
}
