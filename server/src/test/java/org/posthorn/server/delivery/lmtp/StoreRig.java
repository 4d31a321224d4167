package org.posthorn.server.delivery.lmtp;

import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.server.delivery.IdleConnections;
import org.posthorn.server.delivery.Reuse;
import org.posthorn.server.delivery.ReuseContract;
import org.posthorn.server.delivery.remote.Routes;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.TestClock;

/** The LMTP agent and a store for it. */
final class StoreRig implements ReuseContract.Rig {

    private final FakeStore store;
    private final Route route;
    private final Bench bench;

    /** The store's name says where it listens. */
    StoreRig(FakeStore store, String named, Reuse reuse) {
        this.store = store;
        this.route = new Route("lmtp", named);
        this.bench = new Bench(reuse, TlsMode.NEVER, 100, Routes.NONE);
    }

    @Override public List<String> deliver(String... users) throws IOException {
        return bench.deliver(route, users);
    }

    @Override public void answering(UnaryOperator<String> special) {
        store.answering(special);
    }

    @Override public List<String> heard() {
        return store.heard();
    }

    @Override public void hangUp() throws IOException {
        store.hangUp();
    }

    @Override public IdleConnections idle() {
        return bench.idle;
    }

    @Override public TestClock clock() {
        return bench.clock;
    }

    @Override public void close() throws IOException {
        bench.close();
        store.close();
    }
}
