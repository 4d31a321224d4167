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
 * @param remote its end; the one that a proxy or XCLIENT gave, where there is one
 * @param greeting how it greeted
 * @param helo the argument of its greeting; empty before
 * @param tls what TLS negotiated; empty in the clear
 * @param user the authenticated user's address; empty while not authenticated
 * @param introduction who spoke for it, and what else was said
 */
public record Peer(String connection, String listener, InetSocketAddress local, InetSocketAddress remote,
                   Greeting greeting, String helo, Optional<TlsFacts> tls, String user, Introduction introduction) {

    /** A client that came by itself. */
    public Peer(String connection, String listener, InetSocketAddress local, InetSocketAddress remote,
                Greeting greeting, String helo, Optional<TlsFacts> tls, String user) {
        this(connection, listener, local, remote, greeting, helo, tls, user, Introduction.NONE);
    }

    /**
     * What a listed peer says of a client that it passes on.
     *
     * @param by the peer that says so; empty for a client that came by itself
     * @param name the client's host name; empty where nobody said it
     * @param ownTls whether TLS is with the client itself: a PROXY header goes before its octets, XCLIENT among its
     *     spokesman's
     */
    public record Introduction(Optional<InetSocketAddress> by, String name, boolean ownTls) {

        /** Nobody said anything. */
        public static final Introduction NONE = new Introduction(Optional.empty(), "", true);
    }

    /** How a client greeted. */
    public enum Greeting { NONE, HELO, EHLO, LHLO }

    /** Whether the client is authenticated: AUTH succeeded, or a listed peer says so by XCLIENT. */
    public boolean isAuthenticated() {
        return !user.isEmpty();
    }

    /** It greeted. */
    Peer greeted(Greeting by, String name) {
        return new Peer(connection, listener, local, remote, by, name, tls, user, introduction);
    }

    /** It authenticated. */
    Peer authenticated(String as) {
        return new Peer(connection, listener, local, remote, greeting, helo, tls, as, introduction);
    }

    /** It went to TLS, and what it said in the clear is forgotten (RFC 3207 section 4.2). */
    Peer secured(Optional<TlsFacts> facts) {
        var its = introduction.ownTls() ? facts : facts.map(TlsFacts::withoutCertificate);
        return new Peer(connection, listener, local, remote, Greeting.NONE, "", its, "", introduction);
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
