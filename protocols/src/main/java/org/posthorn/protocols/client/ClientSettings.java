package org.posthorn.protocols.client;

import java.time.InstantSource;
import java.util.Optional;

/**
 * How a client speaks.
 *
 * @param helo our name, given in EHLO, HELO or LHLO: a domain or an address literal (RFC 5321 section 4.1.4)
 * @param tls what to do about STARTTLS
 * @param deadlines how long to wait for what
 * @param eightBit what to do where 8BITMIME is missing
 * @param login as whom to log in, after TLS; empty to remain a stranger
 * @param clock tells how much time a message has left that is to be delivered by then (RFC 2852)
 */
public record ClientSettings(String helo, TlsMode tls, ClientDeadlines deadlines, EightBit eightBit,
                             Optional<Credentials> login, InstantSource clock) {

    /** Of a stranger, who converts, with the system's clock. */
    public ClientSettings(String helo, TlsMode tls, ClientDeadlines deadlines) {
        this(helo, tls, deadlines, EightBit.CONVERT, Optional.empty());
    }

    /** With the system's clock. */
    public ClientSettings(String helo, TlsMode tls, ClientDeadlines deadlines, EightBit eightBit,
                          Optional<Credentials> login) {
        this(helo, tls, deadlines, eightBit, login, InstantSource.system());
    }
}
