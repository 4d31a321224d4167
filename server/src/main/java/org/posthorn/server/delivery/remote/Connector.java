package org.posthorn.server.delivery.remote;

import java.io.IOException;
import org.posthorn.protocols.net.Wire;

/** Opens connections to other hosts. Thread-safe. */
public interface Connector {

    /**
     * Connects within the configured time.
     *
     * @throws IOException when the host cannot be reached; says why in its message
     */
    Wire connect(Target target) throws IOException;
}
