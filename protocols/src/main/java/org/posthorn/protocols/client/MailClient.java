package org.posthorn.protocols.client;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.net.TlsFacts;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.wire.Content;

/**
 * A connection by which messages are sent: {@link #open}, then {@link #send} as often as {@link #isUsable}, then
 * {@link #quit}. Used by one thread; {@link #close} may be called by any.
 */
public sealed interface MailClient extends AutoCloseable permits SmtpClient, LmtpClient {

    /**
     * Hears the greeting, introduces itself, goes to TLS as the settings say.
     *
     * @return empty when messages can be sent; else what went wrong, and the client is good for nothing but
     *     {@link #quit}. Trouble at stage {@code STARTTLS} with {@link TlsMode#OPPORTUNISTIC} means that a new
     *     connection with {@link TlsMode#NEVER} may do better
     */
    Optional<Trouble> open();

    /**
     * Sends one message.
     *
     * @param envelope with at least one recipient, and no more than the server takes in one transaction
     * @return one result per recipient, in the envelope's order
     * @throws IOException when the content cannot be read, and for no other reason; the connection is closed then
     */
    List<RecipientResult> send(Envelope envelope, Content content) throws IOException;

    /**
     * Asks whether the server takes this recipient, from the null sender, and takes the question back: no message is
     * sent.
     */
    RecipientResult ask(Recipient recipient);

    /** Whether another message can be sent. */
    boolean isUsable();

    /** What TLS negotiated; empty in the clear. */
    Optional<TlsFacts> tls();

    /** Says QUIT if the conversation still stands, waits a moment for the answer, and closes. */
    void quit();

    /** Closes at once. */
    @Override void close();
}
