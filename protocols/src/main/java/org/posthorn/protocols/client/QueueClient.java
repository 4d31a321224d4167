package org.posthorn.protocols.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.client.Trouble.Stage;
import org.posthorn.protocols.etrn.EtrnNode;
import org.posthorn.protocols.net.Wire;
import org.posthorn.protocols.wire.Reply;

/**
 * Asks a server for the mail that it keeps: to send it where it belongs, by ETRN (RFC 1985), or over this connection,
 * by ATRN (RFC 2645). {@link #open}, perhaps {@link #logIn}, {@link #start} as often as wanted or {@link #turn}, {@link
 * #quit}. Used by one thread.
 */
public final class QueueClient implements AutoCloseable {

    private static final Duration GOODBYE = Duration.ofSeconds(2);   // nothing depends on the answer to QUIT

    private final Wire wire;
    private final Conversation conversation;
    private final Opening opening;

    /** Speaks over a connected wire, which belongs to the client from now on. */
    public QueueClient(Wire wire, ClientSettings settings) {
        this.wire = wire;
        this.conversation = new Conversation(wire, settings.deadlines());
        this.opening = new Opening(conversation, settings, Dialect.SMTP);
    }

    /** Hears the greeting, introduces itself, goes to TLS as the settings say; empty when all went well. */
    public Optional<Trouble> open() {
        return opening.run();
    }

    /**
     * Proves who asks, under TLS only.
     *
     * @return empty when the server believes it
     */
    public Optional<Trouble> logIn(String user, String password) {
        return new Login(conversation, new Credentials(user, password)).run(opening.offers());
    }

    /** What the server answers. */
    public sealed interface Answer {

        /** This, whatever its code is. */
        record Said(Reply reply) implements Answer {
        }

        /** Nothing that could be understood. */
        record Nothing(String why) implements Answer {
        }
    }

    /** Asks for a node. A server that did not offer ETRN is asked too: it says so itself. */
    public Answer start(EtrnNode node) {
        return switch (conversation.ask(Stage.EHLO, "ETRN " + node)) {
            case Conversation.Answer.Said(var reply) -> new Answer.Said(reply);
            case Conversation.Answer.Nothing(var trouble) -> new Answer.Nothing(trouble.why());
        };
    }

    /**
     * Asks for the mail of these domains, or of all that the user has a right to where there are none. After a 250 the
     * wire is to be served as an SMTP server does, from its 220 on, and this client is good for nothing more.
     *
     * <p>The server may take ten minutes to look through its queue (RFC 2645 section 5.2.1), as for the answer to a
     * message.
     */
    public Answer turn(List<String> domains) {
        return switch (conversation.ask(Stage.DOT, ("ATRN " + String.join(",", domains)).strip())) {
            case Conversation.Answer.Said(var reply) -> new Answer.Said(reply);
            case Conversation.Answer.Nothing(var trouble) -> new Answer.Nothing(trouble.why());
        };
    }

    /** Says QUIT if the conversation still stands, waits a moment for the answer, and closes. */
    public void quit() {
        if (!conversation.isBroken()) {
            new Conversation(wire, conversation.deadlines().atMost(GOODBYE)).ask(Stage.EHLO, "QUIT");
        }
        close();
    }

    /** Closes at once. */
    @Override public void close() {
        conversation.close();
    }
}
