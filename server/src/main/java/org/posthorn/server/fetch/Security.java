package org.posthorn.server.fetch;

/** How the connection to a server that keeps mail is secured. */
public enum Security {
    /** STARTTLS, or nothing is asked. */
    STARTTLS,
    /** TLS from the first octet. */
    IMPLICIT,
    /** STARTTLS where it is offered, whatever the certificate. */
    OPPORTUNISTIC,
    /** In the clear. */
    NONE;

    /** Whether a password is safe: nobody else can hear it. */
    public boolean isCertain() {
        return this == STARTTLS || this == IMPLICIT;
    }
}
