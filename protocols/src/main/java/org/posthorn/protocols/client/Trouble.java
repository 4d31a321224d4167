package org.posthorn.protocols.client;

import java.util.Optional;
import org.posthorn.protocols.wire.Reply;

/**
 * Why a delivery, or one recipient of it, did not get through.
 *
 * @param stage how far the conversation was
 * @param reply what the far side said; empty when it said nothing that could be understood, or was not reached
 * @param why in words, for people
 */
public record Trouble(Stage stage, Optional<Reply> reply, String why) {

    /** How far a conversation was, named after the command whose reply was awaited. */
    public enum Stage { CONNECT, GREETING, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, DOT }

    /** Refused for good at this stage: a 5yz reply. All else may be tried again. */
    public boolean isPermanent() {
        return reply.filter(Reply::isPermanent).isPresent();
    }
}
