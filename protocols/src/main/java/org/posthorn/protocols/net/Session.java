package org.posthorn.protocols.net;

/** What is done with one connection, from the greeting to the end. */
public interface Session extends Runnable {

    /** Speaks with the peer until one of them ends it; closes the wire. Does not throw for what the peer does. */
    @Override void run();

    /**
     * Asks for an end: at once when the session waits for its peer, else before it takes the next command. Returns
     * soon. Any thread may call it.
     */
    void endSoon();
}
