package org.posthorn.server.spool;

import java.time.Instant;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.MailParameters;

/**
 * Who gave us a message, when and how. Never changes.
 *
 * @param sender the reverse path
 * @param parameters of MAIL FROM
 * @param received when it was accepted
 * @param listener by which listener, such as {@code smtp}; {@code internal} for our own reports
 * @param remoteAddress the client's IP address; {@code 127.0.0.1} for our own
 * @param helo the client's greeting
 * @param user the authenticated user; empty for strangers
 */
public record Origin(ReversePath sender, MailParameters parameters, Instant received, String listener,
                     String remoteAddress, String helo, String user) {

    private static final String DETAILS = "+-=";    // what begins the part of a local part that differs by recipient

    /**
     * Whose share it takes where many messages wait for one thing: that of the user, or the client's address, and of
     * the sender. What a sender's local part has behind {@code +}, {@code -} or {@code =} does not count: a mailing may
     * have a sender of its own for each recipient (VERP).
     */
    public String flow() {
        var who = user.isEmpty() ? remoteAddress : user;
        return switch (sender) {
            case ReversePath.Null _ -> who;
            case ReversePath.Sender(var mailbox) -> who + ' ' + name(mailbox.localPart()) + '@' + mailbox.domain();
        };
    }

    private static String name(String localPart) {
        for (var i = 1; i < localPart.length(); i++) {
            if (DETAILS.indexOf(localPart.charAt(i)) >= 0) {
                return localPart.substring(0, i);
            }
        }
        return localPart;
    }
}
