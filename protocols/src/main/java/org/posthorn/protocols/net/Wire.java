package org.posthorn.protocols.net;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * One connection: octets in, octets out, and the ends' addresses.
 *
 * <p>Used by one thread at a time. {@link #close} may be called by any thread and ends a blocked read or write.
 */
public interface Wire extends Closeable {

    /**
     * Octets from the peer. A read that outlasts the {@link #deadline} throws
     * {@link java.net.SocketTimeoutException}. The stream changes with {@link #startTls}: do not keep it.
     */
    InputStream in();

    /** Octets to the peer, buffered until flushed. The stream changes with {@link #startTls}: do not keep it. */
    OutputStream out();

    /** Our end; behind a proxy the one that the client had connected to. */
    InetSocketAddress local();

    /** The client's end, also where a proxy passes it on. */
    InetSocketAddress remote();

    /** The proxy that passes the client on and said so; empty for a client's own connection. */
    default Optional<InetSocketAddress> proxy() {
        return Optional.empty();
    }

    /**
     * Counts this connection for another address from now on: the client behind the peer is said to be there.
     *
     * @return false when there are too many from that address; nothing has changed then
     */
    default boolean countFor(InetAddress address) {
        return true;
    }

    /** All that is read and written from now on, until the next call, must be done within this time. */
    void deadline(Duration within);

    /** Nothing is expected soon, from either side: buffers that hold no octets are given back. */
    default void idle() {
    }

    /** Much is expected from the peer now: the next read may be a large one at once. */
    default void busy() {
    }

    /** Whether nothing has come that was not read, in the clear or under TLS; the octets are not decrypted for that. */
    default boolean isQuiet() throws IOException {
        return in().available() == 0;
    }

    /** What TLS negotiated, or empty while the wire is in the clear. */
    Optional<TlsFacts> tls();

    /**
     * Goes to TLS, as server or client as the wire was made. Octets that the peer sent in the clear but that were not
     * read yet belong to the handshake; they never reach {@link #in} as plain text (RFC 3207 section 4.2).
     */
    void startTls() throws IOException;

    /** Closes the connection. A second call does nothing. */
    @Override void close();
}
