package org.posthorn.protocols.client;

import java.util.Optional;
import org.posthorn.protocols.wire.Reply;

/**
 * Why a delivery, or one recipient of it, did not get through.
 *
 * @param stage how far the conversation was
 * @param reply what the far side said; empty when it said nothing that could be understood, or was not reached
 * @param why in words, for people
 * @param ours whether the reply is our own: what the far side offers shows that it could not take this, and it was not
 *     asked
 */
public record Trouble(Stage stage, Optional<Reply> reply, String why, boolean ours) {

    /** How far a conversation was, named after the command whose reply was awaited. */
    public enum Stage { CONNECT, GREETING, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, DOT }

    /** What the far side said, or did not. */
    public Trouble(Stage stage, Optional<Reply> reply, String why) {
        this(stage, reply, why, false);
    }

    /** In the far side's words. */
    static Trouble said(Stage stage, Reply reply) {
        return new Trouble(stage, Optional.of(reply), reply.toString());
    }

    /** What we found ourselves, and so did not ask. */
    static Trouble found(Stage stage, String reply) {
        return new Trouble(stage, Optional.of(Reply.parse(reply)), reply, true);
    }

    /** Refused for good at this stage: a 5yz reply. All else may be tried again. */
    public boolean isPermanent() {
        return reply.filter(Reply::isPermanent).isPresent();
    }
}
