package org.posthorn.server.pipeline;

import java.time.Duration;
import java.time.Instant;
import org.posthorn.server.config.Section;

/**
 * conf/pipeline.xml.
 *
 * @param workers mails that are processed at once
 * @param firstRetry how long a deferred mail, or one that met a fault of ours, waits at first
 * @param longestRetry and at most
 * @param faults after so many runs cut short by a fault of ours a mail is held
 * @param giveUp how old a mail may become that a {@code Defer} keeps back; then it fails with 5.4.7
 */
public record PipelineConfig(int workers, Duration firstRetry, Duration longestRetry, int faults, Duration giveUp) {

    /** What holds where the file says nothing. */
    public static final PipelineConfig DEFAULT =
        new PipelineConfig(8, Duration.ofMinutes(1), Duration.ofHours(1), 10, Duration.ofDays(5));

    /** Reads {@code <pipeline>}; mistakes become problems of the section. */
    public static PipelineConfig read(Section pipeline) {
        var retry = pipeline.childOrEmpty("retry");
        var config = new PipelineConfig(pipeline.integer("workers", DEFAULT.workers, 1, 1000),
            retry.duration("first", DEFAULT.firstRetry), retry.duration("longest", DEFAULT.longestRetry),
            retry.integer("faults", DEFAULT.faults, 1, 1000), retry.duration("give-up", DEFAULT.giveUp));
        if (config.firstRetry.isZero() || config.longestRetry.compareTo(config.firstRetry) < 0) {
            retry.problem("<first> must be more than nothing and <longest> not less than <first>");
        }
        return config;
    }

    /** When a mail that met its n-th fault is tried again, n from 1: twice as long each time. */
    Instant afterFault(Instant now, int fault) {
        var wait = firstRetry;
        for (var n = 1; n < fault && wait.compareTo(longestRetry) < 0; n++) {
            wait = wait.multipliedBy(2);
        }
        return now.plus(wait.compareTo(longestRetry) < 0 ? wait : longestRetry);
    }

    /** When a deferred mail is tried again: after half of its age, within the bounds. */
    Instant afterDeferral(Instant now, Instant received) {
        var half = Duration.between(received, now).dividedBy(2);
        var wait = half.compareTo(firstRetry) < 0 ? firstRetry : half;
        return now.plus(wait.compareTo(longestRetry) < 0 ? wait : longestRetry);
    }
}
