package org.posthorn.server.delivery.remote;

import java.io.IOException;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.protocols.net.Wire;
import org.posthorn.server.delivery.tls.Handshake;

/** Opens connections to other hosts. Thread-safe. */
public interface Connector {

    /**
     * Connects within the configured time, and not later than that.
     *
     * @param handshake when TLS begins, which may be now
     * @return a wire that is good until then
     * @throws IOException when the host cannot be reached; says why in its message
     */
    Wire connect(Target target, Handshake handshake, Deadline until) throws IOException;
}
