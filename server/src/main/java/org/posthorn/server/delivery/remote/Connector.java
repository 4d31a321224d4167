package org.posthorn.server.delivery.remote;

import java.io.IOException;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.protocols.net.Wire;

/** Opens connections to other hosts. Thread-safe. */
public interface Connector {

    /**
     * Connects within the configured time, and not later than that.
     *
     * @param access whether TLS begins now, and which certificates will do when it begins
     * @return a wire that is good until then
     * @throws IOException when the host cannot be reached; says why in its message
     */
    Wire connect(Target target, Access access, Deadline until) throws IOException;
}
