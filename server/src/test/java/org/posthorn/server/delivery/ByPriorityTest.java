package org.posthorn.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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

class ByPriorityTest {

    private static final Instant NOW = Instant.parse("2026-03-01T09:30:00Z");

    private static Job job(int number, int priority) {
        var route = new Route("remote", "example.net");
        return new Job(new SpooledMessage(new QueueId(number), new Origin(ReversePath.none(),
            MailParameters.NONE.with(Handling.NONE.priority(priority)), NOW, "smtp", "192.0.2.1", "", ""), List.of(),
            List.of(new QueuedRecipient(0, Recipient.of(new Mailbox("bob",
                "example.net")), 0, new RecipientState.Routed(route, NOW, 0, "")))), route);
    }

    private static List<Long> drained(ByPriority queue) {
        var order = new ArrayList<Long>();
        while (!queue.isEmpty()) {
            order.add(queue.remove().message().id().number());
        }
        return order;
    }

    @Test void theMostUrgentGoesFirstAndEqualOnesInTheirOrder() {
        var queue = new ByPriority();
        for (var job : List.of(job(1, 0), job(2, -3), job(3, 5), job(4, 0), job(5, 9), job(6, 5), job(7, -9))) {
            queue.add(job);
        }
        assertThat(queue).hasSize(7);
        assertThat(drained(queue)).containsExactly(5L, 3L, 6L, 1L, 4L, 2L, 7L);
    }

    @Test void whatComesMeanwhileFindsItsPlace() {
        var queue = new ByPriority();
        queue.add(job(1, 0));
        queue.add(job(2, -1));
        assertThat(queue.remove().message().id().number()).isEqualTo(1);
        queue.add(job(3, 0));
        queue.add(job(4, 1));
        assertThat(drained(queue)).containsExactly(4L, 3L, 2L);
        queue.add(job(5, 0));
        queue.clear();
        assertThat(queue.poll()).isNull();
    }

    @Test void noneIsLost() {
        var random = new Random(1);
        var queue = new ByPriority();
        var left = 0;
        for (var i = 0; i < 10_000; i++) {
            if (random.nextInt(5) < 3) {
                queue.add(job(i + 1, random.nextInt(19) - 9));
                left++;
            } else if (queue.poll() != null) {
                left--;
            }
            assertThat(queue.size()).isEqualTo(left);
        }
    }
}
