package org.posthorn.server.delivery.remote;

/**
 * A next hop and how its hosts are spoken to.
 *
 * @param isOurChoice whether our configuration names it. Then it is our mistake if it does not exist, takes no mail or
 *     leads back to us, and not the recipient's
 */
public record Relay(NextHop hop, Access access, boolean isOurChoice) {

    /** A queue of its own for each login: one that is refused holds up nobody else. */
    @Override public String toString() {
        return access.login().map(login -> hop + " as " + login.user()).orElseGet(hop::toString);
    }
}
