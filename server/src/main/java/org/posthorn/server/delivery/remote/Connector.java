package org.posthorn.server.delivery.remote;

import java.io.IOException;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.protocols.net.Wire;

/** Opens connections to other hosts. Thread-safe. */
public interface Connector {

    /**
     * Connects within the configured time.
     *
     * @throws IOException when the host cannot be reached; says why in its message
     */
    default Wire connect(Target target) throws IOException {
        return connect(target, Deadline.none());
    }

    /**
     * Connects within the configured time, and not later than that.
     *
     * @return a wire that is good until then
     * @throws IOException when the host cannot be reached; says why in its message
     */
    Wire connect(Target target, Deadline until) throws IOException;
}
