package org.posthorn.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Handling;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.smtp.Recipient.Notify;
import org.posthorn.server.bounce.Delays;
import org.posthorn.server.spool.Origin;
import org.posthorn.server.spool.TestMessages;

class RetryPolicyTest {

    private static final Instant ARRIVED = Instant.parse("2026-03-01T12:00:00Z");
    private static final Mailbox BOB = new Mailbox("bob", "example.net");
    private static final Origin ORIGIN = TestMessages.origin(ARRIVED);
    private static final Origin REPORT = new Origin(ReversePath.none(), MailParameters.NONE, ARRIVED, "internal",
        "127.0.0.1", "", "");

    /** Chance that always falls on the middle. */
    private final RetryPolicy policy = policy(new Random() {
        private static final long serialVersionUID = 1L;

        @Override public double nextDouble() {
            return 0.5;
        }
    });

    private static RetryPolicy policy(RandomGenerator random) {
        return new RetryPolicy(new RetryConfig(Duration.ofMinutes(3), Duration.ofHours(1), Duration.ofDays(5),
            Duration.ofDays(1)), random);
    }

    @ParameterizedTest
    @CsvSource({"1,3", "2,6", "3,12", "4,24", "5,48", "6,60", "7,60", "1000000,60"})
    void waitsDoubleUpToAnHour(int attempts, int minutes) {
        assertThat(policy.next(ORIGIN, BOB, attempts, ARRIVED)).isEqualTo(ARRIVED.plus(Duration.ofMinutes(minutes)));
    }

    @Test void chanceSpreadsTheWaitByAFifth() {
        var policy = policy(new Random(3));
        var waits = java.util.stream.IntStream.range(0, 1_000)
            .mapToLong(_ -> Duration.between(ARRIVED, policy.next(ORIGIN, BOB, 6, ARRIVED)).toSeconds())
            .summaryStatistics();
        assertThat(waits.getMin()).isBetween(2_880L, 2_900L);
        assertThat(waits.getMax()).isBetween(4_300L, 4_320L);
    }

    @Test void theLastAttemptIsAtTheEndOfTheLife() {
        var end = ARRIVED.plus(Duration.ofDays(5));
        assertThat(policy.next(ORIGIN, BOB, 9, end.minusSeconds(60))).isEqualTo(end);
        assertThat(policy.isExpired(ORIGIN, BOB, end.minusSeconds(1))).isFalse();
        assertThat(policy.isExpired(ORIGIN, BOB, end)).isTrue();
    }

    @Test void reportsLiveAsLongAsIsSaidOfThem() {
        assertThat(policy.isExpired(REPORT, BOB, ARRIVED.plus(Duration.ofDays(1)))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0,1", "1,1", "10,5", "60,30", "600,60"})
    void whatWaitsForASuspendedDestinationIsThePatienterTheOlderItIs(int age, int minutes) {
        var now = ARRIVED.plus(Duration.ofMinutes(age));
        assertThat(policy.afterSuspension(ORIGIN, BOB, now.plusSeconds(60), now))
            .isEqualTo(now.plus(Duration.ofMinutes(minutes).multipliedBy(11).dividedBy(10)));
    }

    @Test void suspensionsDoubleUpToTenMinutes() {
        assertThat(policy.suspension(1)).isEqualTo(Duration.ofMinutes(1));
        assertThat(policy.suspension(3)).isEqualTo(Duration.ofMinutes(4));
        assertThat(policy.suspension(99)).isEqualTo(Duration.ofMinutes(10));
    }

    private static RetryPolicy with(Delays delays, RetryConfig.Other... others) {
        return new RetryPolicy(new RetryConfig(Duration.ofMinutes(3), Duration.ofHours(1), Duration.ofDays(5),
            Duration.ofDays(1), delays, List.of(others)), new Random(3));
    }

    private static Origin handled(Handling handling) {
        return new Origin(ORIGIN.sender(), ORIGIN.parameters().with(handling), ARRIVED, ORIGIN.listener(),
            ORIGIN.remoteAddress(), ORIGIN.helo(), ORIGIN.user());
    }

    @Test void aQueueHasALifetimeOfItsOwn() {
        var policy = with(Delays.DEFAULT, new RetryConfig.Other("example.net", -9, Duration.ofDays(1)),
            new RetryConfig.Other(".far.example", -9, Duration.ofDays(9)),
            new RetryConfig.Other("", 4, Duration.ofHours(2)));
        assertThat(policy.lifetime(ORIGIN, BOB)).isEqualTo(Duration.ofDays(1));
        assertThat(policy.lifetime(ORIGIN, new Mailbox("eve", "sub.FAR.example"))).isEqualTo(Duration.ofDays(9));
        assertThat(policy.lifetime(ORIGIN, new Mailbox("eve", "far.example"))).isEqualTo(Duration.ofDays(5));
        assertThat(policy.lifetime(handled(Handling.NONE.priority(4)), new Mailbox("eve", "far.example")))
            .isEqualTo(Duration.ofHours(2));
        assertThat(policy.lifetime(REPORT, BOB)).isEqualTo(Duration.ofDays(1));
    }

    @Test void noticesOfDelaysAreForThoseWhoseNotifyAllowsThem() {
        var twice = with(new Delays(List.of(Duration.ofHours(9), Duration.ofHours(4)), true));
        var asked = with(new Delays(List.of(Duration.ofHours(4)), false));
        var early = ARRIVED.plus(Duration.ofHours(4)).minusSeconds(1);
        var late = ARRIVED.plus(Duration.ofHours(4));
        var silent = Recipient.of(BOB);
        var delay = new Recipient(BOB, Set.of(Notify.DELAY), "");
        assertThat(twice.noticesDue(ORIGIN, silent, early)).isZero();
        assertThat(twice.noticesDue(ORIGIN, silent, late)).isEqualTo(1);
        assertThat(twice.noticesDue(ORIGIN, silent, ARRIVED.plus(Duration.ofHours(9)))).isEqualTo(2);
        assertThat(twice.noticesDue(REPORT, silent, late)).isZero();
        assertThat(twice.noticesDue(ORIGIN, new Recipient(BOB, Set.of(Notify.NEVER), ""), late)).isZero();
        assertThat(twice.noticesDue(ORIGIN, new Recipient(BOB, Set.of(Notify.FAILURE), ""), late)).isZero();
        assertThat(twice.noticesDue(ORIGIN, delay, late)).isEqualTo(1);
        assertThat(asked.noticesDue(ORIGIN, silent, late)).isZero();
        assertThat(asked.noticesDue(ORIGIN, delay, late)).isEqualTo(1);
    }

    @Test void heldMailLivesFromItsReleaseOn() {
        var released = ARRIVED.plus(Duration.ofDays(30));
        var held = handled(Handling.NONE.heldUntil(released));
        assertThat(policy.isExpired(held, BOB, released.plus(Duration.ofDays(5)).minusSeconds(1))).isFalse();
        assertThat(policy.isExpired(held, BOB, released.plus(Duration.ofDays(5)))).isTrue();
        assertThat(policy.noticesDue(held, Recipient.of(BOB), released.plusSeconds(60))).isZero();
    }

    @Test void anAttemptIsMadeWhenTheTimeThatASenderNamedIsOver() {
        var by = ARRIVED.plus(Duration.ofMinutes(50));
        var origin = handled(Handling.NONE.by(new Handling.By(by, false, false)));
        assertThat(policy.next(origin, BOB, 6, ARRIVED)).isEqualTo(by);
        assertThat(policy.next(origin, BOB, 6, by)).isEqualTo(by.plus(Duration.ofMinutes(60)));
        assertThat(policy.noticesDue(origin, Recipient.of(BOB), by.minusSeconds(1))).isZero();
        assertThat(policy.noticesDue(origin, Recipient.of(BOB), by)).isEqualTo(1);
        assertThat(policy.isLate(origin, by)).isFalse();
        assertThat(policy.isLate(handled(Handling.NONE.by(new Handling.By(by, true, false))), by)).isTrue();
    }
}
