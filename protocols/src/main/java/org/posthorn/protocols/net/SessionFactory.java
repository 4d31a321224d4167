package org.posthorn.protocols.net;

/** Makes the session for a connection. Called on the connection's own thread, which then runs it. */
public interface SessionFactory {

    /** The session that will speak over this wire, and close it. */
    Session open(Wire wire);
}
