package org.posthorn.server.listen;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.posthorn.protocols.net.ConnectionLimits;
import org.posthorn.protocols.net.ListenerObserver;
import org.posthorn.server.log.EventLog;

/**
 * Writes down what happens to connections before they have a session.
 *
 * @param listener the listener's name
 */
record ListenerLog(String listener) implements ListenerObserver {

    private static final EventLog LOG = EventLog.of(ListenerLog.class);

    @Override public void refused(InetSocketAddress remote, ConnectionLimits.Admission why) {
        LOG.warn("turned-away", "listener", listener, "ip", remote.getAddress().getHostAddress(),
            "why", why.getClass().getSimpleName());
    }

    @Override public void acceptFailed(IOException cause) {
        LOG.warn("accept-failed", "listener", listener, "why", cause.getMessage());
    }

    @Override public void connectionFailed(InetSocketAddress remote, IOException cause) {
        LOG.debug("connection-failed", "listener", listener, "ip", remote.getAddress().getHostAddress(),
            "why", cause.getMessage());
    }

    @Override public void proxyRefused(InetSocketAddress proxy, String why) {
        LOG.warn("proxy-refused", "listener", listener, "proxy", proxy.getAddress().getHostAddress(), "why", why);
    }

    @Override public void sessionBroke(InetSocketAddress remote, RuntimeException cause) {
        LOG.error("session-broke", cause, "listener", listener, "ip", remote.getAddress().getHostAddress());
    }
}
