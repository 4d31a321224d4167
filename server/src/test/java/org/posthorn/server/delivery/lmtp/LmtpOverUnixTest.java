package org.posthorn.server.delivery.lmtp;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class LmtpOverUnixTest extends LmtpAgentContract {

    @TempDir private Path directory;

    @Override SocketAddress free() {
        return UnixDomainSocketAddress.of(directory.resolve("lmtp"));
    }

    @Override String named(SocketAddress address) {
        return "unix:" + directory.resolve("lmtp");
    }
}
