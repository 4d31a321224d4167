package org.posthorn.server.delivery.lmtp;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.server.delivery.Reuse;
import org.posthorn.server.delivery.ReuseContract;

class LmtpReuseOverUnixTest extends ReuseContract {

    @TempDir private Path directory;

    @Override protected Rig rig(Reuse reuse) throws IOException {
        var socket = Files.createTempDirectory(directory, "s").resolve("lmtp");
        return new StoreRig(new FakeStore(UnixDomainSocketAddress.of(socket)), "unix:" + socket, reuse);
    }
}
