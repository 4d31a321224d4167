package org.posthorn.server.spool;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import org.posthorn.protocols.wire.Content;

/**
 * Octets on their way into the spool: written once, readable as {@link Content} at once, durable only when a
 * {@link Change} that names them was committed. Up to 256 KiB are held in memory, more go to a file of their own.
 *
 * <p>Used by one thread at a time. {@link #close} without a commit leaves nothing behind; after a commit it does
 * nothing.
 */
public interface Draft extends Content, Closeable {

    /** Takes the octets. A write throws when the disk does; the draft is then worthless. */
    OutputStream out();

    /**
     * Ends this draft with the octets of a spooled content, from an offset on, without copying them.
     *
     * <p>So a changed header is stored anew and the old body is referred to.
     *
     * @param original a content that this spool gave out
     * @param from octets to leave out at its front
     */
    void refer(Content original, long from) throws IOException;

    @Override void close();
}
