package org.posthorn.protocols.client;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.net.TlsFacts;
import org.posthorn.protocols.net.Wire;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.wire.Content;

/**
 * The client's side of LMTP (RFC 2033): LHLO instead of EHLO, and a reply for each accepted recipient after the text.
 * When the connection ends after some of them, those are settled and the rest may be tried again.
 */
public final class LmtpClient implements MailClient {

    private final ClientCore core;

    /** Speaks over a connected wire, which belongs to the client from now on. */
    public LmtpClient(Wire wire, ClientSettings settings) {
        core = new ClientCore(Dialect.LMTP, wire, settings);
    }

    @Override public Optional<Trouble> open() {
        return core.open();
    }

    @Override public List<RecipientResult> send(Envelope envelope, Content content) throws IOException {
        return core.send(envelope, content);
    }

    @Override public RecipientResult ask(Recipient recipient) {
        return core.ask(recipient);
    }

    @Override public boolean isUsable() {
        return core.isUsable();
    }

    @Override public Optional<TlsFacts> tls() {
        return core.tls();
    }

    @Override public void quit() {
        core.quit();
    }

    @Override public void close() {
        core.close();
    }
}
