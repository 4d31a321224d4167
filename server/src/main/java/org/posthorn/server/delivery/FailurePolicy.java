package org.posthorn.server.delivery;

import java.util.Optional;
import java.util.Set;
import org.posthorn.protocols.client.RecipientResult;
import org.posthorn.protocols.client.Trouble;
import org.posthorn.protocols.wire.Reply;

/**
 * What a trouble with another host means: for whom, for how long, and whether another host is asked.
 *
 * <pre>
 * stage               what happened               concerns      next host?   when no host is left
 * CONNECT             any                         host          yes          destination deferred, 4.4.1
 * GREETING            521, 556                    host          yes          failed, with that reply (RFC 7504)
 * GREETING, EHLO      4yz, other 5yz, silence...  host          yes          destination deferred
 * STARTTLS            handshake failed            host          same one in the clear, unless TLS is required
 * STARTTLS            not offered or refused      host          yes, where TLS is required; else passed over
 * AUTH                any                         our login    yes          destination deferred, 4.7.0
 * MAIL                4yz, 5yz                    message       no           deferred, failed
 * MAIL                523, 530, 538               message       yes          deferred, 4.7.0; the destination, where
 *                                                                              we chose the host
 * RCPT                4yz, 5yz                    recipient     no           deferred, failed
 * RCPT                too many, others accepted   recipient     same one, in a new transaction at once
 * DATA, DOT           4yz, 5yz                    message       no           deferred, failed
 * MAIL to DOT         garbage, silence, closed    message       no           deferred, 4.4.2
 * any                 421                         message       no           deferred
 * (LMTP) to LHLO      any                         store         no           destination deferred
 * (LMTP) DOT          2yz, 4yz, 5yz, nothing      recipient     no           delivered, deferred, failed, deferred
 * </pre>
 *
 * <p>A 5yz greeting is taken for the host's own trouble, since a mistake there would otherwise bounce all its mail. A
 * verdict on sender, recipient or message is the domain's, whichever of its hosts says it (RFC 5321 section 5.1). That
 * MAIL needs a login or TLS first (RFC 4954 section 6, RFC 3207 section 4) is none: it is about how we came.
 * What we do not understand is temporary, and so is every fault of ours.
 */
public final class FailurePolicy {

    private static final int NO_MAIL_HERE = 521;     // RFC 7504 section 3
    private static final int DOMAIN_TAKES_NONE = 556;
    private static final int TOO_MANY_RECIPIENTS = 452;

    private static final Set<Integer> COME_OTHERWISE = Set.of(523, 530, 538);    // RFC 4954 section 6, RFC 5248

    private FailurePolicy() {
    }

    /** What it means that the conversation with a host could not be opened. */
    public static Outcome host(Trouble trouble, String host) {
        if (trouble.stage() == Trouble.Stage.AUTH) {
            // Ours, whatever the code: the sender's message has nothing to do with it.
            return new Outcome.Deferred(Reply.of(454, "4.7.0", words(trouble)), host, Outcome.By.US,
                Outcome.Scope.DESTINATION);
        }
        var none = trouble.stage() == Trouble.Stage.GREETING && trouble.reply()
            .filter(reply -> reply.code() == NO_MAIL_HERE || reply.code() == DOMAIN_TAKES_NONE).isPresent();
        return none ? new Outcome.Failed(trouble.reply().orElseThrow(), host, Outcome.By.HOST,
            Outcome.Scope.DESTINATION) : deferred(trouble, host, Outcome.Scope.DESTINATION);
    }

    /**
     * What it means that the conversation with a mail store could not be opened: that it is out of order. It has no
     * verdict on anybody yet, whatever it says.
     */
    public static Outcome store(Trouble trouble, String store) {
        return deferred(trouble, store, Outcome.Scope.DESTINATION);
    }

    /**
     * What the result of a transaction means for a recipient.
     *
     * @param otherwise where the message is that was accepted by a host without DSN
     */
    public static Outcome recipient(RecipientResult result, String host, Outcome.Handover otherwise) {
        return switch (result) {
            case RecipientResult.Accepted(_, var reply, var dsn) ->
                new Outcome.Delivered(reply, host, dsn ? Outcome.Handover.PASSED_ON : otherwise);
            case RecipientResult.NotAccepted(_, var trouble) when isOurs(trouble) ->
                new Outcome.Deferred(Reply.of(451, "4.7.0", words(trouble)), host, Outcome.By.US,
                    Outcome.Scope.HOST);
            case RecipientResult.NotAccepted(_, var trouble) when trouble.isPermanent() ->
                new Outcome.Failed(reply(trouble), host, by(trouble), Outcome.Scope.RECIPIENT);
            case RecipientResult.NotAccepted(_, var trouble) -> deferred(trouble, host, Outcome.Scope.RECIPIENT);
        };
    }

    private static Outcome deferred(Trouble trouble, String host, Outcome.Scope scope) {
        return new Outcome.Deferred(reply(trouble), trouble.reply().isPresent() ? host : "", by(trouble), scope);
    }

    /** Ours is also what a host's answer that says neither yes nor no is told as. */
    private static Outcome.By by(Trouble trouble) {
        return !trouble.ours() && refusal(trouble).isPresent() ? Outcome.By.HOST : Outcome.By.US;
    }

    private static Optional<Reply> refusal(Trouble trouble) {
        return trouble.reply().filter(reply -> reply.isTransient() || reply.isPermanent());
    }

    private static boolean isOurs(Trouble trouble) {
        return trouble.stage() == Trouble.Stage.MAIL
            && trouble.reply().filter(reply -> COME_OTHERWISE.contains(reply.code())).isPresent();
    }

    /** Whether the recipient was one too many, and may do in a transaction with fewer. */
    public static boolean isOneTooMany(RecipientResult result) {
        return result instanceof RecipientResult.NotAccepted(_, var trouble)
            && trouble.stage() == Trouble.Stage.RCPT
            && trouble.reply().filter(reply -> reply.code() == TOO_MANY_RECIPIENTS).isPresent();
    }

    private static Reply reply(Trouble trouble) {
        return refusal(trouble).orElseGet(
            () -> Reply.of(451, trouble.stage() == Trouble.Stage.CONNECT ? "4.4.1" : "4.4.2", words(trouble)));
    }

    private static String words(Trouble trouble) {
        var stage = switch (trouble.stage()) {
            case CONNECT -> "connecting";
            case GREETING -> "waiting for the greeting";
            case EHLO -> "introducing ourselves";
            case STARTTLS -> "starting TLS";
            case AUTH -> "logging in";
            case MAIL -> "naming the sender";
            case RCPT -> "naming the recipient";
            case DATA -> "sending the message";
            case DOT -> "waiting for the answer to the message";
        };
        var oneLine = new StringBuilder();
        trouble.why().chars().forEach(c -> oneLine.append(Character.isISOControl(c) ? ' ' : (char) c));
        return "while " + stage + ": " + oneLine;
    }
}
