package org.posthorn.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.server.spool.Origin;
import org.posthorn.server.spool.TestMessages;

class RetryPolicyTest {

    private static final Instant ARRIVED = Instant.parse("2026-03-01T12:00:00Z");
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
        assertThat(policy.next(ORIGIN, attempts, ARRIVED)).isEqualTo(ARRIVED.plus(Duration.ofMinutes(minutes)));
    }

    @Test void chanceSpreadsTheWaitByAFifth() {
        var policy = policy(new Random(3));
        var waits = java.util.stream.IntStream.range(0, 1_000)
            .mapToLong(_ -> Duration.between(ARRIVED, policy.next(ORIGIN, 6, ARRIVED)).toSeconds()).summaryStatistics();
        assertThat(waits.getMin()).isBetween(2_880L, 2_900L);
        assertThat(waits.getMax()).isBetween(4_300L, 4_320L);
    }

    @Test void theLastAttemptIsAtTheEndOfTheLife() {
        var end = ARRIVED.plus(Duration.ofDays(5));
        assertThat(policy.next(ORIGIN, 9, end.minusSeconds(60))).isEqualTo(end);
        assertThat(policy.isExpired(ORIGIN, end.minusSeconds(1))).isFalse();
        assertThat(policy.isExpired(ORIGIN, end)).isTrue();
    }

    @Test void reportsLiveAsLongAsIsSaidOfThem() {
        assertThat(policy.isExpired(REPORT, ARRIVED.plus(Duration.ofDays(1)))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0,1", "1,1", "10,5", "60,30", "600,60"})
    void whatWaitsForASuspendedDestinationIsThePatienterTheOlderItIs(int age, int minutes) {
        var now = ARRIVED.plus(Duration.ofMinutes(age));
        assertThat(policy.afterSuspension(ORIGIN, now.plusSeconds(60), now))
            .isEqualTo(now.plus(Duration.ofMinutes(minutes).multipliedBy(11).dividedBy(10)));
    }

    @Test void suspensionsDoubleUpToTenMinutes() {
        assertThat(policy.suspension(1)).isEqualTo(Duration.ofMinutes(1));
        assertThat(policy.suspension(3)).isEqualTo(Duration.ofMinutes(4));
        assertThat(policy.suspension(99)).isEqualTo(Duration.ofMinutes(10));
    }
}
