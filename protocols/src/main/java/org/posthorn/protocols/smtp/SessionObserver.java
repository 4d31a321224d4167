package org.posthorn.protocols.smtp;

/** Hears what happens in a session, on the session's thread. Must be quick and must not throw. */
public interface SessionObserver {

    /** Something happened; {@code peer} is what is known of the client at that moment. */
    void observe(Peer peer, SessionEvent event);

    /** One that does not listen. */
    static SessionObserver none() {
        return (_, _) -> { };
    }
}
