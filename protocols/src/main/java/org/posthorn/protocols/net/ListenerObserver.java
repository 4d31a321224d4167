package org.posthorn.protocols.net;

import java.io.IOException;
import java.net.InetSocketAddress;

/** Hears what a listener cannot tell anybody else, for logs and counters. Thread-safe, quick, does not throw. */
public interface ListenerObserver {

    /** A connection was turned away: 421, or just closed where the client expects TLS. */
    void refused(InetSocketAddress remote, ConnectionLimits.Admission why);

    /** The system gave no connection, as when it has no file descriptors left. The listener goes on trying. */
    void acceptFailed(IOException cause);

    /** A connection ended before it had a session: it broke, or TLS did not come up. */
    void connectionFailed(InetSocketAddress remote, IOException cause);

    /** A listed proxy did not say for whom it speaks, or not in a way that one could read. */
    void proxyRefused(InetSocketAddress proxy, String why);

    /** A session threw, which is a fault of ours. */
    void sessionBroke(InetSocketAddress remote, RuntimeException cause);

    /** One that does not listen. */
    static ListenerObserver none() {
        return new ListenerObserver() {
            @Override public void refused(InetSocketAddress remote, ConnectionLimits.Admission why) {
            }

            @Override public void acceptFailed(IOException cause) {
            }

            @Override public void connectionFailed(InetSocketAddress remote, IOException cause) {
            }

            @Override public void proxyRefused(InetSocketAddress proxy, String why) {
            }

            @Override public void sessionBroke(InetSocketAddress remote, RuntimeException cause) {
            }
        };
    }
}
