package org.posthorn.server.chain;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import org.posthorn.protocols.wire.Content;

/** A message in memory: one that a mailet wrote. */
final class MemoryContent implements Content {

    private final byte[] octets;

    MemoryContent(byte[] octets) {
        this.octets = octets.clone();
    }

    @Override public long octets() {
        return octets.length;
    }

    @Override public InputStream open() {
        return new ByteArrayInputStream(octets);
    }
}
