package org.posthorn.protocols.client;

/** What the client does about STARTTLS (RFC 3207). */
public enum TlsMode {

    /** Speaks in the clear, whatever is offered. */
    NEVER,

    /** Goes to TLS when that is offered. When the handshake then fails the caller may try again with {@link #NEVER}. */
    OPPORTUNISTIC,

    /** Sends nothing but EHLO and STARTTLS in the clear. */
    REQUIRED
}
