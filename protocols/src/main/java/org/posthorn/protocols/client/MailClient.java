package org.posthorn.protocols.client;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.client.Trouble.Stage;
import org.posthorn.protocols.net.TlsFacts;
import org.posthorn.protocols.net.Wire;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.wire.Content;

/**
 * A connection by which messages are sent: {@link #open}, then {@link #send} as often as {@link #isUsable}, then
 * {@link #quit}. Used by one thread; {@link #close} may be called by any.
 */
public abstract sealed class MailClient implements AutoCloseable permits SmtpClient, LmtpClient {

    private static final Duration GOODBYE = Duration.ofSeconds(2);   // nobody's mail waits for the answer to QUIT

    private final Dialect dialect;
    private final Wire wire;
    private final InstantSource clock;
    private final Conversation conversation;
    private final Opening opening;
    private volatile boolean ready;   // also written by whoever closes
    private final EightBit eightBit;
    private int transactions;
    private boolean converted;

    MailClient(Dialect dialect, Wire wire, ClientSettings settings) {
        this.dialect = dialect;
        this.wire = wire;
        this.clock = settings.clock();
        this.conversation = new Conversation(wire, settings.deadlines());
        this.opening = new Opening(conversation, settings, dialect);
        this.eightBit = settings.eightBit();
    }

    /**
     * Hears the greeting, introduces itself, goes to TLS as the settings say.
     *
     * @return empty when messages can be sent; else what went wrong, and the client is good for nothing but
     *     {@link #quit}. Trouble at stage {@code STARTTLS} with {@link TlsMode#OPPORTUNISTIC} means that a new
     *     connection with {@link TlsMode#NEVER} may do better
     */
    public final Optional<Trouble> open() {
        var whole = false;
        try {
            var trouble = opening.run();
            ready = trouble.isEmpty();
            whole = true;
            return trouble;
        } finally {
            if (!whole) {
                close();
            }
        }
    }

    /**
     * Sends one message.
     *
     * @param envelope with at least one recipient, and no more than the server takes in one transaction
     * @return one result per recipient, in the envelope's order
     * @throws IOException when the content cannot be read, and for no other reason; the connection is closed then
     */
    public final List<RecipientResult> send(Envelope envelope, Content content) throws IOException {
        if (!ready || envelope.recipients().isEmpty()) {
            throw new IllegalStateException("send needs an opened client and at least one recipient");
        }
        transactions++;
        var whole = false;
        var transaction = new Transaction(conversation, opening.offers(), dialect, content, eightBit);
        try {
            var results = transaction.run(envelope, clock.instant());
            converted = transaction.wasConverted();
            whole = true;
            return results;
        } finally {
            if (!whole) {
                close();    // somewhere within a transaction
            }
        }
    }

    /** How many messages were sent or tried so far. */
    public final int transactions() {
        return transactions;
    }

    /** Whether the last message was converted to seven bits, for a server that takes no others. */
    public final boolean wasConverted() {
        return converted;
    }

    /**
     * Asks whether the server takes this recipient, from the null sender, and takes the question back: no message is
     * sent.
     */
    public final RecipientResult ask(Recipient recipient) {
        if (!ready) {
            throw new IllegalStateException("ask needs an opened client");
        }
        return Callout.run(conversation, opening.offers(), recipient);
    }

    /** Whether another message can be sent. */
    public final boolean isUsable() {
        return ready && !conversation.isBroken();
    }

    /**
     * To be called before the next message on a connection that was idle. Nothing is asked, since the answer to MAIL
     * tells whether the server is there still, and until the text is sent nothing is lost.
     *
     * @param patience for the first answer; whoever has been forgotten need not be waited for long
     * @return whether a message can be sent; if not, the connection is closed: the server said something by itself,
     *     such as 421, and its answers would not be those to our commands
     */
    public final boolean resume(Duration patience) {
        if (!isUsable() || !conversation.isQuiet()) {
            close();
            return false;
        }
        conversation.nextWithin(patience);
        return true;
    }

    /** Whether the server offered TLS and then refused it, such as by 454: another connection may get it. */
    public final boolean wasDeclinedTls() {
        return opening.wasDeclinedTls();
    }

    /** Whether the server offered this extension, by its keyword in upper case, when it was last greeted. */
    public final boolean offers(String keyword) {
        return opening.offers().has(keyword);
    }

    /** The name that the server gave itself in its answer to EHLO, unproven; empty where it knows none. */
    public final String serverName() {
        return opening.name();
    }

    /** What TLS negotiated; empty in the clear. */
    public final Optional<TlsFacts> tls() {
        return wire.tls();
    }

    /** Says QUIT if the conversation still stands, waits a moment for the answer, and closes. */
    public final void quit() {
        if (!conversation.isBroken()) {
            new Conversation(wire, conversation.deadlines().atMost(GOODBYE)).ask(Stage.EHLO, "QUIT");
        }
        close();
    }

    /** Closes at once. */
    @Override public final void close() {
        ready = false;
        conversation.close();
    }
}
