package org.posthorn.protocols.net;

/** When connections of a listener go to TLS. */
public sealed interface Encryption {

    /** Never. */
    record None() implements Encryption {
    }

    /** When the client asks: STARTTLS (RFC 3207). */
    record OnRequest(ServerTls tls) implements Encryption {
    }

    /** Before anything else is said (RFC 8314 section 3.3). */
    record FromTheStart(ServerTls tls) implements Encryption {
    }
}
