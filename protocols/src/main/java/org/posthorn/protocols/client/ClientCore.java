package org.posthorn.protocols.client;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.client.Trouble.Stage;
import org.posthorn.protocols.net.TlsFacts;
import org.posthorn.protocols.net.Wire;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.wire.Content;

/** What the SMTP and the LMTP client share: all but their dialect. */
final class ClientCore {

    private static final Duration GOODBYE = Duration.ofSeconds(2);   // nobody's mail waits for the answer to QUIT

    private final Dialect dialect;
    private final Wire wire;
    private final Conversation conversation;
    private final Opening opening;
    private boolean ready;

    ClientCore(Dialect dialect, Wire wire, ClientSettings settings) {
        this.dialect = dialect;
        this.wire = wire;
        this.conversation = new Conversation(wire, settings.deadlines());
        this.opening = new Opening(conversation, settings, dialect);
    }

    Optional<Trouble> open() {
        var trouble = opening.run();
        ready = trouble.isEmpty();
        return trouble;
    }

    List<RecipientResult> send(Envelope envelope, Content content) throws IOException {
        if (!ready || envelope.recipients().isEmpty()) {
            throw new IllegalStateException("send needs an opened client and at least one recipient");
        }
        return new Transaction(conversation, opening.offers(), dialect, content).run(envelope);
    }

    RecipientResult ask(Recipient recipient) {
        if (!ready) {
            throw new IllegalStateException("ask needs an opened client");
        }
        return Callout.run(conversation, opening.offers(), recipient);
    }

    boolean isUsable() {
        return ready && !conversation.isBroken();
    }

    Optional<TlsFacts> tls() {
        return wire.tls();
    }

    void quit() {
        if (!conversation.isBroken()) {
            var goodbye = new Conversation(wire, conversation.deadlines().atMost(GOODBYE));
            goodbye.ask(Stage.EHLO, "QUIT");
        }
        close();
    }

    void close() {
        ready = false;
        conversation.close();
    }
}
