package org.posthorn.server.bounce;

import org.posthorn.protocols.wire.EnhancedStatus;

/** What a person can do about a failure, by its enhanced status (RFC 3463 section 3) and by who said so. */
final class Advice {

    private Advice() {
    }

    static String of(EnhancedStatus status, boolean ours) {
        return switch (status.subject() + "." + status.detail()) {
            case "1.0", "1.1", "1.3", "1.6" ->
                "There is no such mailbox. Look for a typing error in the address, or ask the person for a new one.";
            case "1.2", "1.10", "4.4" ->
                "The part of the address after the @ takes no mail. Look for a typing error in it.";
            case "2.1" -> "The mailbox exists, but takes no mail now. Reach the person in another way.";
            case "2.2" -> "The mailbox is full. Send the message again in a few days.";
            case "2.3", "3.4" -> "The message is too large. Send a smaller one, or share large files in another way.";
            case "4.6" -> "The message went round in circles between servers. Tell the person, or their postmaster.";
            case "4.7" -> "We tried for a long time and gave up. Send the message again later, or reach the person in"
                + " another way.";
            case "6.3", "6.7" -> "The other server cannot take letters beyond plain English ones in this place.";
            case "7.30" -> "It was asked that this message leave by protected connections only, and there is none."
                + " Send it without that wish, or reach the person in another way.";
            default -> ours ? ours(status) : theirs(status);
        };
    }

    private static String theirs(EnhancedStatus status) {
        return status.subject() == 7
            ? "The other side does not want this message. Its words above may say why; its postmaster knows."
            : "The words above come from the server that refused the message.";
    }

    private static String ours(EnhancedStatus status) {
        return status.subject() == 7 ? "A rule of this server does not let the message pass. Our postmaster knows more."
            : "The words above are this server's own. Our postmaster knows more.";
    }
}
