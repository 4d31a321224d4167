package org.posthorn.protocols.smtp;

import java.net.InetSocketAddress;
import java.util.Optional;
import org.posthorn.protocols.net.TlsFacts;

/**
 * What is known of the client at this moment of the session. Immutable: a greeting, TLS or AUTH makes a new one.
 *
 * @param connection the connection's id, as it stands in logs ({@code conn=}); unique while the server runs
 * @param listener the name of the listener it came in by, such as {@code smtp} or {@code submission}
 * @param local our end
 * @param remote its end
 * @param greeting how it greeted
 * @param helo the argument of its greeting; empty before
 * @param tls what TLS negotiated; empty in the clear
 * @param user the authenticated user's address; empty while not authenticated
 */
public record Peer(String connection, String listener, InetSocketAddress local, InetSocketAddress remote,
                   Greeting greeting, String helo, Optional<TlsFacts> tls, String user) {

    /** How a client greeted. */
    public enum Greeting { NONE, HELO, EHLO, LHLO }

    /** Whether AUTH succeeded in this session. */
    public boolean isAuthenticated() {
        return !user.isEmpty();
    }

    /** The protocol keyword of the Received field, such as {@code ESMTPSA} (RFC 3848, RFC 6531 section 4.3). */
    public String protocol(boolean smtpUtf8) {
        var secured = (tls.isPresent() ? "S" : "") + (isAuthenticated() ? "A" : "");
        return switch (greeting) {
            case LHLO -> (smtpUtf8 ? "UTF8LMTP" : "LMTP") + secured;
            case EHLO -> (smtpUtf8 ? "UTF8SMTP" : "ESMTP") + secured;
            case HELO, NONE -> "SMTP";
        };
    }
}
