package org.posthorn.protocols.smtp;

import java.util.List;
import org.posthorn.protocols.net.TlsFacts;
import org.posthorn.protocols.wire.Reply;

/** Something that happened in a session, for logs and counters. */
public sealed interface SessionEvent {

    /** The connection was greeted, or refused, with this. */
    record Opened(Reply banner) implements SessionEvent {
    }

    /**
     * A command was refused.
     *
     * @param command as it was sent, without its CRLF, but never what follows AUTH; untrusted text
     */
    record CommandRefused(String command, Reply reply) implements SessionEvent {
    }

    /**
     * The policy refused a recipient; it knows better than the session why.
     *
     * @param recipient untrusted text
     */
    record RecipientRefused(String recipient, Reply reply) implements SessionEvent {
    }

    /** TLS is up. */
    record TlsStarted(TlsFacts facts) implements SessionEvent {
    }

    /**
     * The handshake failed, and with it the connection.
     *
     * @param detail from the JDK
     */
    record TlsFailed(String detail) implements SessionEvent {
    }

    /**
     * The client proved who it is.
     *
     * @param mechanism in upper case
     */
    record Authenticated(String mechanism, String user) implements SessionEvent {
    }

    /**
     * It did not.
     *
     * @param detail what the client was not told; may hold the name it tried, never a password; untrusted text
     */
    record AuthenticationFailed(String mechanism, Reply reply, String detail) implements SessionEvent {
    }

    /**
     * All octets of a message came in and the sink answered.
     *
     * @param octets of the message as it was sent
     * @param replies one for each recipient over LMTP, else one
     */
    record MessageDone(Envelope envelope, long octets, List<Reply> replies) implements SessionEvent {
        /** Copies the list. */
        public MessageDone {
            replies = List.copyOf(replies);
        }
    }

    /** A message was refused before it reached the sink's end: too big, malformed, or the sink could not take it. */
    record MessageRefused(Envelope envelope, Reply reply) implements SessionEvent {
    }

    /**
     * A port broke: our own fault. The client was told 4yz.
     *
     * @param port what was asked, such as {@code policy.rcpt}
     */
    record Fault(String port, Throwable cause) implements SessionEvent {
    }

    /** The session is over. */
    record Closed(Reason reason) implements SessionEvent {
    }

    /** Why a session ended. */
    enum Reason {
        /** The client said QUIT. */
        QUIT,
        /** The client closed, or the connection broke. */
        PEER_GONE,
        /** The client was too slow. */
        TIMEOUT,
        /** We stop. */
        SHUTDOWN,
        /** The client became the server, by ATRN, and got its mail, or as much of it as could be sent. */
        TURNED,
        /** We closed after a reply that says so. */
        DISCONNECTED,
        /** A fault of ours. */
        FAULT
    }
}
