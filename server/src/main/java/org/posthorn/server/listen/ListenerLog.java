package org.posthorn.server.listen;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.LongSupplier;
import org.posthorn.protocols.net.ConnectionLimits;
import org.posthorn.protocols.net.ListenerObserver;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.log.Repeats;

/** Writes down what happens to connections before they have a session. */
final class ListenerLog implements ListenerObserver {

    private static final EventLog LOG = EventLog.of(ListenerLog.class);

    private final String listener;
    private final Repeats failures;

    /**
     * Nothing happened yet.
     *
     * @param listener the listener's name
     * @param nanos as {@link System#nanoTime}
     */
    ListenerLog(String listener, LongSupplier nanos) {
        this.listener = listener;
        this.failures = new Repeats(nanos);
    }

    @Override public void refused(InetSocketAddress remote, ConnectionLimits.Admission why) {
        LOG.warn("turned-away", "listener", listener, "ip", remote.getAddress().getHostAddress(),
            "why", why.getClass().getSimpleName());
    }

    /** While no descriptor is left it is tried ten times a second. */
    @Override public void acceptFailed(IOException cause) {
        var times = failures.count();
        if (times > 0) {
            LOG.warn("accept-failed", "listener", listener, "times", times, "why", cause.getMessage());
        }
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
