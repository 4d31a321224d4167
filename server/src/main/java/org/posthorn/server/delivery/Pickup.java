package org.posthorn.server.delivery;

import java.util.Optional;

/** Mail that its owner comes for and takes along over a connection of its own (RFC 2645). Thread-safe. */
public interface Pickup {

    /**
     * Whether mail for this domain leaves in no other way.
     *
     * @param domain in lower case
     */
    boolean isOnlyWay(String domain);

    /**
     * Who takes mail for this domain along now.
     *
     * @param domain in lower case
     */
    Optional<Agent> of(String domain);

    /** Where nobody comes. */
    static Pickup never() {
        return new Pickup() {
            @Override public boolean isOnlyWay(String domain) {
                return false;
            }

            @Override public Optional<Agent> of(String domain) {
                return Optional.empty();
            }
        };
    }
}
