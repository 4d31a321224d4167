package org.posthorn.server.delivery.lmtp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.posthorn.server.delivery.Reuse;
import org.posthorn.server.delivery.ReuseContract;

class LmtpReuseTest extends ReuseContract {

    @Override protected Rig rig(Reuse reuse) throws IOException {
        var store = new FakeStore(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return new StoreRig(store, "127.0.0.1:" + ((InetSocketAddress) store.address()).getPort(), reuse);
    }
}
