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
        return job(number, "", priority);
    }

    private static Job job(int number, String sender, int priority) {
        var route = new Route("remote", "example.net");
        return new Job(new SpooledMessage(new QueueId(number), new Origin(path(sender),
            MailParameters.NONE.with(Handling.NONE.priority(priority)), NOW, "smtp", "192.0.2.1", "", ""), List.of(),
            List.of(new QueuedRecipient(0, Recipient.of(new Mailbox("bob", "example.net")), 0,
                new RecipientState.Routed(route, NOW, 0, "")))), route);
    }

    private static ReversePath path(String sender) {
        return sender.isEmpty() ? ReversePath.none() : ReversePath.of(new Mailbox(sender.split("@")[0],
            sender.split("@")[1]));
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

    @Test void whatIsNotUrgentHasAShareAllTheSame() {
        for (var number = 1; number <= 16; number++) {
            destination.add(job(number, 9), MANY);
        }
        destination.add(job(100, 0), MANY);
        destination.add(job(101, 0), MANY);
        var order = started();
        assertThat(order.indexOf(100L)).isEqualTo(7);
        assertThat(order.indexOf(101L)).isEqualTo(15);
    }

    @Test void whatIsUrgentTakesNoTurnsFromThoseThatComeAfterIt() {
        destination.add(job(1, 0), MANY);
        destination.add(job(2, 0), MANY);
        for (var i = 0; i < 5; i++) {
            destination.add(job(10 + i, 9), MANY);
            destination.start();
        }
        destination.add(job(3, "eve@example.org", 0), MANY);
        assertThat(started()).containsExactly(1L, 3L, 2L);
    }

    @Test void manyThatAreUrgentPutOutNoneThatIsNot() {
        destination.add(job(1, 0), 2);
        destination.add(job(2, 9), 2);
        assertThat(destination.add(job(3, 9), 2).map(PriorityTest::number)).contains(3L);
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
