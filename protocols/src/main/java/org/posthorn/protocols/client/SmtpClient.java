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
 * The client's side of SMTP (RFC 5321), with what servers offer of SIZE, 8BITMIME, BINARYMIME with CHUNKING, SMTPUTF8,
 * DSN, PIPELINING and STARTTLS. One reply settles all accepted recipients.
 */
public final class SmtpClient implements MailClient {

    private final ClientCore core;

    /** Speaks over a connected wire, which belongs to the client from now on. */
    public SmtpClient(Wire wire, ClientSettings settings) {
        core = new ClientCore(Dialect.SMTP, wire, settings);
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
