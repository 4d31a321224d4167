package org.posthorn.protocols.client;

import java.time.Duration;
import java.time.Instant;
import org.posthorn.protocols.client.Trouble.Stage;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.Handling;

/**
 * How MAIL tells a server what was asked of the queue: the time that is left (RFC 2852 section 4.1) and the priority
 * (RFC 6710), where the server offers it; and that it is to go on over verified connections alone (RFC 8689), or not
 * to it.
 */
sealed interface HandlingWords {

    /** So many seconds can be written: nine digits. */
    long MOST = 999_999_999;

    /**
     * Words for MAIL.
     *
     * @param words each with a blank before it; empty when there is nothing to say
     */
    record Said(String words) implements HandlingWords {
    }

    /** Nobody may get the message from here. */
    record Refused(Trouble trouble) implements HandlingWords {
    }

    /**
     * What to say. A server that is the last one, a mail store, need not offer anything. To another one, what goes back
     * when it is late (by-mode R) is only given if that one keeps the time too.
     */
    static HandlingWords of(Handling handling, Offers offers, Dialect dialect, Instant now) {
        if (handling.equals(Handling.NONE)) {
            return new Said("");
        }
        var words = new StringBuilder();
        if (handling.by().isPresent()) {
            var by = handling.by().get();
            var left = Duration.between(now, by.at()).toSeconds();
            var kept = offers.has("DELIVERBY");
            if (by.returned()) {
                if (left <= 0 || kept && left < offers.shortestTime()) {
                    return refused("554 5.4.7 The message cannot be delivered by the time that its sender named");
                }
                if (!kept && !dialect.repliesPerRecipient()) {
                    return refused("554 5.3.3 The message is to be delivered by a time, and the server does not offer"
                        + " DELIVERBY");
                }
            }
            if (kept) {
                words.append(" BY=").append(Math.clamp(left, -MOST, MOST)).append(by.returned() ? ";R" : ";N")
                    .append(by.traced() ? "T" : "");
            }
        }
        if (handling.priority() != 0 && offers.has("MT-PRIORITY")) {
            words.append(" MT-PRIORITY=").append(handling.priority());
        }
        if (handling.requireTls() && !dialect.repliesPerRecipient()) {
            if (!offers.has("REQUIRETLS")) {
                return refused("550 5.7.30 REQUIRETLS was asked for, and the server does not offer it");
            }
            words.append(" REQUIRETLS");
        }
        return new Said(words.toString());
    }

    /** What was asked, but not by-trace for who may stand in an alias' place, as all with an ORCPT: it names them. */
    static Handling asked(Envelope envelope) {
        var handling = envelope.parameters().handling();
        return envelope.recipients().stream().allMatch(one -> one.originalRecipient().isEmpty()) ? handling
            : handling.untraced();
    }

    private static HandlingWords refused(String reply) {
        return new Refused(Trouble.found(Stage.MAIL, reply));
    }
}
