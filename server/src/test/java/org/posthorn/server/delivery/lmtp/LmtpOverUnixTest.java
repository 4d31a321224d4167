package org.posthorn.server.delivery.lmtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.server.spool.Route;

class LmtpOverUnixTest extends LmtpAgentContract {

    @TempDir private Path directory;

    @Override SocketAddress free() {
        return UnixDomainSocketAddress.of(directory.resolve("lmtp"));
    }

    @Override String named(SocketAddress address) {
        return "unix:" + directory.resolve("lmtp");
    }

    @Test void reportsDoNotShowThePath() throws IOException {
        try (var bench = new Bench(); var store = new FakeStore(UnixDomainSocketAddress.of(directory.resolve("s")))) {
            store.answering(line -> line.startsWith("RCPT") ? "550 5.1.1 Nobody" : "");
            assertThat(bench.hosts(new Route("lmtp", "unix:" + directory.resolve("s")), "a"))
                .containsExactly("localhost");
        }
    }
}
