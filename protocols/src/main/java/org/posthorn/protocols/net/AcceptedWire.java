package org.posthorn.protocols.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/** The wire of a connection that was accepted, as its session sees it: with the client's ends and its place. */
final class AcceptedWire implements Wire {

    private final SocketWire socket;
    private final ConnectionLimits.Token place;
    private final Optional<ProxyHeader.Relayed> given;

    /** A client's own connection. */
    AcceptedWire(SocketWire socket, ConnectionLimits.Token place) {
        this(socket, place, Optional.empty());
    }

    /** A connection that a proxy passes on. */
    AcceptedWire(SocketWire socket, ConnectionLimits.Token place, ProxyHeader.Relayed given) {
        this(socket, place, Optional.of(given));
    }

    private AcceptedWire(SocketWire socket, ConnectionLimits.Token place, Optional<ProxyHeader.Relayed> given) {
        this.socket = socket;
        this.place = place;
        this.given = given;
    }

    @Override public InputStream in() {
        return socket.in();
    }

    @Override public OutputStream out() {
        return socket.out();
    }

    @Override public InetSocketAddress local() {
        return given.map(ProxyHeader.Relayed::destination).orElseGet(socket::local);
    }

    @Override public InetSocketAddress remote() {
        return given.map(ProxyHeader.Relayed::source).orElseGet(socket::remote);
    }

    @Override public Optional<InetSocketAddress> proxy() {
        return given.map(_ -> socket.remote());
    }

    @Override public boolean countFor(InetAddress address) {
        return place.countFor(address);
    }

    @Override public void deadline(Duration within) {
        socket.deadline(within);
    }

    @Override public void idle() {
        socket.idle();
    }

    @Override public void busy() {
        socket.busy();
    }

    @Override public Optional<TlsFacts> tls() {
        return socket.tls();
    }

    @Override public void startTls() throws IOException {
        socket.startTls();
    }

    @Override public void close() {
        socket.close();
    }
}
