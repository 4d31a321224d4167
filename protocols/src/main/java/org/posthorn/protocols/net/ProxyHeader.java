package org.posthorn.protocols.net;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;

/**
 * What a proxy says of the connection that it passes on: the first octets of a connection, in one of the two versions
 * of the PROXY protocol (HAProxy, {@code doc/proxy-protocol.txt}). A listed proxy always sends it; nothing is guessed.
 */
public sealed interface ProxyHeader {

    /**
     * Passed on for a client.
     *
     * @param source the client
     * @param destination where the client had connected to
     */
    record Relayed(InetSocketAddress source, InetSocketAddress destination) implements ProxyHeader {
    }

    /**
     * The proxy speaks for itself, as for a health check, or for a client whose address it cannot say: the connection's
     * own ends hold.
     */
    record Direct() implements ProxyHeader {
    }

    /** No such header, or a wrong one: the connection is not to be used. */
    record Malformed(String why) implements ProxyHeader {
    }

    /**
     * Reads it, and not one octet more. What was read of a malformed one is lost.
     *
     * @throws IOException when the connection breaks or the wire's deadline passes
     */
    static ProxyHeader read(InputStream in) throws IOException {
        var first = in.read();
        return switch (first) {
            case 'P' -> ProxyText.read(in);
            case '\r' -> ProxyBinary.read(in);
            case -1 -> new Malformed("the connection ended");
            default -> new Malformed("expected a PROXY header, found octet " + first);
        };
    }
}
