package org.posthorn.server.delivery.tls;

/**
 * On which terms may this host be spoken to for that domain?
 *
 * @param domain whose mail it is, or the host that a route or smart host names; lower case, in A-labels
 * @param byMx whether the host was found by the domain's MX records, or is the domain itself for want of them
 * @param host its name, as MX records or the route have it; or an address
 * @param port where it is spoken to
 * @param usual what is wanted where no rule is for the domain
 * @param atLeast whether a rule for the domain may only want more than that
 * @param wish what the message's sender wants
 */
public record Question(String domain, boolean byMx, String host, int port, TlsRule.Want usual, boolean atLeast,
                       Wish wish) {

    /** What the sender wants (RFC 8689). */
    public enum Wish {
        /** Nothing special. */
        NONE,
        /** {@code TLS-Required: No}: that it arrives, whatever the domain publishes. */
        ARRIVAL,
        /** REQUIRETLS: that it goes over verified connections alone. */
        SECRECY
    }
}
