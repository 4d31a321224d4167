package org.posthorn.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Handling;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.server.spool.Origin;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.SpooledMessage;

/** The order of what waits for a destination (RFC 6710). */
class PriorityTest {

    private static final Instant NOW = Instant.parse("2026-03-01T09:30:00Z");
    private static final int MANY = 100;

    private final Destination destination = new Destination(new Destination.Key("remote", "example.net"),
        new FakeAgent(20), System::nanoTime);

    private static Job job(int number, int priority) {
        var route = new Route("remote", "example.net");
        return new Job(new SpooledMessage(new QueueId(number), new Origin(ReversePath.none(),
            MailParameters.NONE.with(Handling.NONE.priority(priority)), NOW, "smtp", "192.0.2.1", "", ""), List.of(),
            List.of(new QueuedRecipient(0, Recipient.of(new Mailbox("bob", "example.net")), 0,
                new RecipientState.Routed(route, NOW, 0, "")))), route);
    }

    private static long number(Job job) {
        return job.message().id().number();
    }

    private List<Long> started() {
        var order = new ArrayList<Long>();
        while (destination.waiting() > 0) {
            order.add(number(destination.start()));
        }
        return order;
    }

    @Test void theMostUrgentGoesFirstAndEqualOnesInTheirOrder() {
        for (var job : List.of(job(1, 0), job(2, -3), job(3, 5), job(4, 0), job(5, 9), job(6, 5), job(7, -9))) {
            assertThat(destination.add(job, MANY)).isEmpty();
        }
        assertThat(started()).containsExactly(5L, 3L, 6L, 1L, 4L, 2L, 7L);
    }

    @Test void whatIsUrgentFindsItsPlaceAmongThoseThatWait() {
        destination.add(job(1, 0), MANY);
        destination.add(job(2, -1), MANY);
        assertThat(number(destination.start())).isEqualTo(1);
        destination.add(job(3, 0), MANY);
        destination.add(job(4, 1), MANY);
        assertThat(started()).containsExactly(4L, 3L, 2L);
    }

    @Test void ofMoreThanCanWaitTheLeastUrgentGoesBack() {
        destination.add(job(1, 0), 2);
        destination.add(job(2, -1), 2);
        assertThat(destination.add(job(3, 9), 2).map(PriorityTest::number)).contains(2L);
        assertThat(destination.add(job(4, -9), 2).map(PriorityTest::number)).contains(4L);
        assertThat(started()).containsExactly(3L, 1L);
    }
}
