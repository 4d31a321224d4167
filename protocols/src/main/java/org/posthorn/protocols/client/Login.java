package org.posthorn.protocols.client;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.posthorn.protocols.client.Conversation.Answer;
import org.posthorn.protocols.client.Credentials.How;
import org.posthorn.protocols.client.Trouble.Stage;

/** Proves who we are, by AUTH (RFC 4954). Nothing is said without TLS, unless the credentials allow that. */
final class Login {

    private static final List<How> BEST_FIRST = List.of(How.SCRAM_SHA_256, How.PLAIN, How.LOGIN);
    private static final int NONCE = 18;    // octets

    private final Conversation conversation;
    private final Credentials credentials;

    Login(Conversation conversation, Credentials credentials) {
        this.conversation = conversation;
        this.credentials = credentials;
    }

    /** Empty when the server believes it. */
    Optional<Trouble> run(Offers offers) {
        if (conversation.wire().tls().isEmpty() && !credentials.inClear()) {
            return own("the password is not sent in the clear, and TLS is not up");
        }
        var offered = List.of(offers.keywords().getOrDefault("AUTH", "").toUpperCase(Locale.ROOT).split(" "));
        for (var how : BEST_FIRST) {
            if ((credentials.how() == How.ANY || credentials.how() == how) && offered.contains(how.keyword())) {
                return by(how);
            }
        }
        return own("the server does not offer AUTH " + (credentials.how() == How.ANY ? "SCRAM-SHA-256, PLAIN or LOGIN"
            : credentials.how().keyword()));
    }

    private Optional<Trouble> by(How how) {
        return switch (how) {
            case ANY -> throw new IllegalArgumentException("one mechanism");
            case SCRAM_SHA_256 -> scram();
            case PLAIN -> end(conversation.ask(Stage.AUTH, "AUTH PLAIN " + base64("\0" + credentials.user() + "\0"
                + credentials.password())));
            case LOGIN -> login();
        };
    }

    private Optional<Trouble> login() {
        var answer = conversation.ask(Stage.AUTH, "AUTH LOGIN");
        for (var text : List.of(credentials.user(), credentials.password())) {
            if (!isChallenge(answer)) {
                return refused(answer);
            }
            answer = conversation.ask(Stage.AUTH, base64(text));
        }
        return end(answer);
    }

    private Optional<Trouble> scram() {
        var nonce = new byte[NONCE];
        new SecureRandom().nextBytes(nonce);
        var proof = new ScramProof(credentials, Base64.getEncoder().encodeToString(nonce));
        var first = conversation.ask(Stage.AUTH, "AUTH SCRAM-SHA-256 " + base64(proof.first()));
        if (!isChallenge(first)) {
            return refused(first);
        }
        var exchange = proof.answer(challenge(first));
        if (exchange.isEmpty()) {
            return cancel("the server's half of SCRAM-SHA-256 is malformed");
        }
        var last = conversation.ask(Stage.AUTH, base64(exchange.get().response()));
        if (!isChallenge(last)) {
            return refused(last);
        }
        return challenge(last).equals(exchange.get().expected()) ? end(conversation.ask(Stage.AUTH, ""))
            : cancel("the server does not know the password: it is not the one that it seems to be");
    }

    private static boolean isChallenge(Answer answer) {
        return answer instanceof Answer.Said(var reply) && reply.code() == 334;
    }

    private static String challenge(Answer answer) {
        try {
            return answer instanceof Answer.Said(var reply)
                ? new String(Base64.getDecoder().decode(reply.lines().getFirst().strip()), StandardCharsets.UTF_8) : "";
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** Anything but 235 is no success. */
    private Optional<Trouble> end(Answer answer) {
        return answer instanceof Answer.Said(var reply) && reply.isPositive() ? Optional.empty() : refused(answer);
    }

    private Optional<Trouble> refused(Answer answer) {
        if (answer instanceof Answer.Said(var reply) && !reply.isTransient() && !reply.isPermanent()) {
            conversation.close();       // who knows what it waits for
            return Optional.of(new Trouble(Stage.AUTH, Optional.of(reply), "the server does not follow the mechanism: "
                + reply));
        }
        return answer.trouble(Stage.AUTH);
    }

    private Optional<Trouble> cancel(String why) {
        conversation.ask(Stage.AUTH, "*");
        return own(why);
    }

    private static Optional<Trouble> own(String why) {
        return Optional.of(new Trouble(Stage.AUTH, Optional.empty(), why));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
