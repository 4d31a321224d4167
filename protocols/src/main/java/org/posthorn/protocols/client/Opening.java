package org.posthorn.protocols.client;

import java.io.IOException;
import java.util.Optional;
import org.posthorn.protocols.client.Trouble.Stage;

/**
 * The beginning of a conversation: greeting, EHLO or LHLO, STARTTLS, EHLO again, and AUTH (RFC 5321 section 3.1, 3207,
 * 4954).
 */
final class Opening {

    private final Conversation conversation;
    private final ClientSettings settings;
    private final Dialect dialect;
    private Offers offers = Offers.NONE;
    private String name = "";
    private boolean declined;

    Opening(Conversation conversation, ClientSettings settings, Dialect dialect) {
        this.conversation = conversation;
        this.settings = settings;
        this.dialect = dialect;
    }

    /** Whether TLS was offered and then refused, so that what follows is in the clear. */
    boolean wasDeclinedTls() {
        return declined;
    }

    Offers offers() {
        return offers;
    }

    /** The name that the server gave itself in its answer to EHLO or LHLO; empty where it was greeted with HELO. */
    String name() {
        return name;
    }

    /** Empty when mail can be sent now. */
    Optional<Trouble> run() {
        return conversation.hear(Stage.GREETING).trouble(Stage.GREETING)
            .or(this::greet)
            .or(this::secure)
            .or(() -> settings.login().flatMap(credentials -> new Login(conversation, credentials).run(offers)));
    }

    private Optional<Trouble> greet() {
        var answer = conversation.ask(Stage.EHLO, dialect.greeting() + " " + settings.helo());
        if (answer instanceof Conversation.Answer.Said(var reply)) {
            if (reply.isPositive()) {
                offers = Offers.of(reply);
                name = reply.lines().getFirst().strip().split(" ", 2)[0];     // RFC 5321 section 4.1.1.1
                return Optional.empty();
            }
            if (reply.isPermanent() && dialect.fallsBackToHelo()) {
                // RFC 5321 section 3.2: an old server does not know EHLO.
                offers = Offers.NONE;
                name = "";
                return conversation.ask(Stage.EHLO, "HELO " + settings.helo()).trouble(Stage.EHLO);
            }
        }
        return answer.trouble(Stage.EHLO);
    }

    private Optional<Trouble> secure() {
        if (settings.tls() == TlsMode.NEVER) {
            return Optional.empty();
        }
        var required = settings.tls() == TlsMode.REQUIRED;
        if (!offers.has("STARTTLS")) {
            return required ? Optional.of(trouble("TLS is required, but the server does not offer STARTTLS"))
                : Optional.empty();
        }
        var answer = conversation.ask(Stage.STARTTLS, "STARTTLS");
        var refused = answer.trouble(Stage.STARTTLS);
        if (refused.isPresent()) {
            declined = true;
            return required || conversation.isBroken() ? refused : Optional.empty();
        }
        try {
            conversation.wire().deadline(settings.deadlines().command());
            conversation.wire().startTls();
        } catch (IOException e) {
            conversation.close();
            return Optional.of(trouble("the TLS handshake failed: " + e.getMessage()));
        }
        // RFC 3207 section 4.2: what was offered in the clear is forgotten.
        return greet();
    }

    private static Trouble trouble(String why) {
        return new Trouble(Stage.STARTTLS, Optional.empty(), why);
    }
}
