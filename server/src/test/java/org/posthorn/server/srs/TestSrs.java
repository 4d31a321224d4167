package org.posthorn.server.srs;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** Sender rewriting for tests: one secret that everybody knows. */
public final class TestSrs {

    private TestSrs() {
    }

    /** Addresses in that domain. */
    public static Srs of(String domain, InstantSource clock) {
        var secret = "a secret for tests".getBytes(StandardCharsets.UTF_8);
        return new Srs(SrsConfig.of(domain, Path.of("nowhere")), () -> List.of(secret), clock);
    }
}
