package org.posthorn.server.delivery;

import java.time.Duration;

/**
 * How long connections are kept for further messages.
 *
 * @param idle how long one waits for its next message; zero keeps none
 * @param transactions after how many it is closed; one with more recipients than fit into a transaction ends first
 */
public record Reuse(Duration idle, int transactions) {

    /** Ten seconds: long enough for a queue that flows, short enough not to occupy the far side. */
    public static final Reuse DEFAULT = new Reuse(Duration.ofSeconds(10), 100);

    /** Whether any connection is used twice. */
    boolean isOn() {
        return !idle.isZero() && transactions > 1;
    }
}
