package org.posthorn.server.delivery;

import org.posthorn.protocols.client.MailClient;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.protocols.net.Deadline;

/**
 * A connection by which messages are sent.
 *
 * @param line to whom and how it was opened
 * @param client opened
 * @param reuse how long it may be kept
 * @param end when it is too old for another message
 */
public record OpenConnection(Line line, MailClient client, Reuse reuse, Deadline end) {

    /**
     * What decides whether an open connection does for a message: it does when a new one would be opened with the same
     * line.
     *
     * @param target host, address and port of an exchanger, or a store; each kind by a type of its own, equal by value
     * @param tls what it was opened with. One that fell back to the clear was opened with {@link TlsMode#NEVER}
     */
    public record Line(Object target, TlsMode tls) {
    }

    /** Whether another message may use it now. Where TLS was refused this once, the next message asks again. */
    boolean mayServe() {
        return reuse.isOn() && client.isUsable() && !client.wasDeclinedTls()
            && client.transactions() < reuse.transactions() && !end.isOver();
    }
}
