package org.posthorn.server;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.posthorn.protocols.net.TlsFacts;
import org.posthorn.protocols.net.Wire;

/** A connection in memory whose client has said everything already and waits for nothing. */
final class ScriptedWire implements Wire {

    private final String client;
    private final InputStream in;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private Optional<TlsFacts> tls = Optional.empty();

    /** With one command or line of text a line. */
    ScriptedWire(String said) {
        this(said, "192.0.2.9");
    }

    /** The same, of a client at that address. */
    ScriptedWire(String said, String client) {
        this.client = client;
        this.in = new ByteArrayInputStream(said.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    /** What the client heard. */
    String heard() {
        return out.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    }

    @Override public InputStream in() {
        return in;
    }

    @Override public OutputStream out() {
        return out;
    }

    @Override public InetSocketAddress local() {
        return new InetSocketAddress("192.0.2.1", 25);
    }

    @Override public InetSocketAddress remote() {
        return new InetSocketAddress(client, 40_000);
    }

    @Override public void deadline(Duration within) {
        // What is in memory comes at once.
    }

    @Override public Optional<TlsFacts> tls() {
        return tls;
    }

    @Override public void startTls() {
        tls = Optional.of(new TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384"));
    }

    @Override public void close() {
        // There is nothing to close.
    }
}
