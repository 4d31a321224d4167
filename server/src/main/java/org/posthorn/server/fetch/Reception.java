package org.posthorn.server.fetch;

import org.posthorn.protocols.net.Session;
import org.posthorn.protocols.net.Wire;

/** Takes mail in over a connection that we opened, as over one that was accepted. Thread-safe. */
public interface Reception {

    /** The session that will speak over this wire from its 220 on, and close it. */
    Visit open(Wire wire);

    /** Such a session. */
    interface Visit extends Session {

        /** How many messages it took so far. */
        int messages();
    }
}
