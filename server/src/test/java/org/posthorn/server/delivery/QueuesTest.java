package org.posthorn.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.spool.Origin;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.SpooledMessage;
import org.posthorn.server.spool.TestClock;

class QueuesTest {

    private static final Outcome.Deferred GONE =
        new Outcome.Deferred(Reply.of(451, "4.4.1", "Nobody answers"), "", Outcome.Scope.DESTINATION);

    private final TestClock clock = new TestClock();
    private final FakeAgent agent = new FakeAgent(20);
    private final Queues queues = new Queues(Limits.DEFAULT, new RetryPolicy(RetryConfig.DEFAULT, new Random(1)),
        clock, clock::nanos);

    private Queues.Turn begun(String nextHop) {
        queues.offer(agent, job(7, nextHop, "ann", 1));
        return queues.begin().getFirst();
    }

    private Job job(long id, String nextHop, String user, int recipients) {
        var state = new RecipientState.Routed(new Route("remote", nextHop), clock.instant(), 0, "");
        var origin = new Origin(ReversePath.none(), MailParameters.NONE, clock.instant(), "submission", "192.0.2.7",
            "client.example.org", user);
        return Job.of(new SpooledMessage(new QueueId(id), origin, List.of(), IntStream.range(0, recipients)
            .mapToObj(number -> new QueuedRecipient(number, new Recipient(new Mailbox("r" + number, "example.net"),
                Set.of(), ""), 0, state)).toList()));
    }

    private Optional<Long> sentBack(Queues.Place place) {
        return place instanceof Queues.Place.Postponed(var job, _) ? Optional.of(job.message().id().number())
            : Optional.empty();
    }

    /** Its 100,000 recipients are a hundred jobs for the same host. */
    @Test void amongTheJobsOfADestinationSendersTakeTurnsByWhatTheyHave() {
        for (var id = 1; id <= 100; id++) {
            queues.offer(agent, job(id, "example.net", "mailing", 1000));
        }
        var running = queues.begin();
        assertThat(running).hasSize(5);
        queues.offer(agent, job(200, "example.net", "ann", 1));
        queues.offer(agent, job(201, "example.net", "bob", 2));
        queues.offer(agent, job(202, "example.net", "ann", 1));
        var begun = new ArrayList<Long>();
        for (var turn : running) {
            queues.ended(turn, Optional.empty(), false, Duration.ZERO);
            queues.begin().forEach(next -> begun.add(next.job().message().id().number()));
        }
        assertThat(begun).isEqualTo(List.of(200L, 201L, 202L, 6L, 7L));
    }

    @Test void whenTooManyWaitTheOneWhoseTurnWouldBeLastGoesBack() {
        for (var id = 1; id <= Limits.DEFAULT.waiting(); id++) {
            assertThat(sentBack(queues.offer(agent, job(id, "example.net", "mailing", 1)))).isEmpty();
        }
        assertThat(sentBack(queues.offer(agent, job(900, "example.net", "mailing", 1)))).contains(900L);
        assertThat(sentBack(queues.offer(agent, job(901, "example.net", "ann", 1)))).contains(500L);
        assertThat(queues.begin()).extracting(turn -> turn.job().message().id().number())
            .isEqualTo(List.of(1L, 901L, 2L, 3L, 4L));
    }

    /** Each that comes must be looked at and put off again: many at once would take the disk from all others. */
    @Test void manyForADeadHostComeAgainAFewAtATime() {
        queues.ended(begun("dead.example"), Optional.of(GONE), false, Duration.ZERO);
        var dues = new ArrayList<Instant>();
        for (var id = 1; id <= 50_000; id++) {
            var place = (Queues.Place.Suspended) queues.offer(agent, job(id, "dead.example", "ann", 1));
            dues.add(place.until());
        }
        assertThat(mostInASecond(dues)).isBetween(40L, 60L);
        assertThat(dues).allMatch(due -> !due.isBefore(clock.instant().plusSeconds(60))
            && due.isBefore(clock.instant().plusSeconds(3700)));
    }

    @Test void manyForABusyHostComeAgainAFewAtATime() {
        var dues = new ArrayList<Instant>();
        for (var id = 1; id <= 50_000; id++) {
            var place = queues.offer(agent, job(id, "busy.example", "ann", 1));
            if (place instanceof Queues.Place.Postponed(_, var until)) {
                dues.add(until);
            }
        }
        assertThat(dues).hasSize(49_500);
        assertThat(mostInASecond(dues)).isLessThan(120);
        assertThat(dues).allMatch(due -> !due.isAfter(clock.instant().plusSeconds(600)));
    }

    private static long mostInASecond(List<Instant> dues) {
        return dues.stream().collect(Collectors.groupingBy(Instant::getEpochSecond, Collectors.counting()))
            .values().stream().mapToLong(Long::longValue).max().orElse(0);
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

    private List<Queues.Turn> twoBegun() {
        queues.offer(agent, job(1, "dead.example", "ann", 1));
        queues.offer(agent, job(2, "dead.example", "ann", 1));
        return queues.begin();
    }

    private Reachability.State state() {
        return queues.state(new Destination.Key("remote", "dead.example"));
    }

    @Test void anAttemptThatEndsAfterTheSuspensionItWasPartOfSuspendsNothing() {
        var turns = twoBegun();
        queues.ended(turns.getFirst(), Optional.of(GONE), false, Duration.ZERO);
        clock.pass(Duration.ofMinutes(2));
        queues.offer(agent, job(3, "dead.example", "ann", 1));
        queues.ended(turns.getLast(), Optional.of(GONE), false, Duration.ofMinutes(2));
        assertThat(state()).isEqualTo(Reachability.State.OPEN);
        assertThat(queues.begin()).extracting(turn -> turn.job().message().id().number()).isEqualTo(List.of(3L));
    }

    @Test void whatIsResumedWhileAFailureIsWrittenDownIsNotSuspendedByIt() {
        var turns = twoBegun();
        queues.resume(_ -> true);
        turns.forEach(turn -> queues.ended(turn, Optional.of(GONE), false, Duration.ZERO));
        assertThat(state()).isEqualTo(Reachability.State.OPEN);
    }
}
