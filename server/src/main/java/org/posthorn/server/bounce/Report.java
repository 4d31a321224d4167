package org.posthorn.server.bounce;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.MailParameters.Body;
import org.posthorn.protocols.smtp.MailParameters.Ret;
import org.posthorn.protocols.wire.Content;
import org.posthorn.server.bounce.Notice.Action;
import org.posthorn.server.spool.SpooledMessage;

/**
 * All that a report is made of.
 *
 * @param about the message
 * @param notices at least one
 * @param to whom it goes
 * @param now when
 * @param heldBy the rule that holds it; empty for one that leaves
 */
record Report(SpooledMessage about, List<Notice> notices, Mailbox to, Instant now, Optional<String> heldBy) {

    Report {
        notices = List.copyOf(notices);
    }

    /** Whether it is for a postmaster, since the message has no sender. */
    boolean isDoubleBounce() {
        return about.origin().sender() instanceof ReversePath.Null;
    }

    boolean hasFailures() {
        return notices.stream().anyMatch(notice -> notice.action() == Action.FAILED);
    }

    /** Whether it may be written in UTF-8: the message was, or goes to, an internationalized address (RFC 6533). */
    boolean utf8() {
        return about.origin().parameters().smtpUtf8() || !to.isAscii();
    }

    /** The form that went, or did not. */
    Content original() {
        return about.variantOf(notices.getFirst().recipient()).content();
    }

    /**
     * What of the message comes back: all of it where RET=FULL asked for that, it failed, and it is not too large (RFC
     * 3461 section 6.2); a postmaster sees all of a small one. Never the octets of a binary one (RFC 3030): most hosts
     * take none, and nothing within message/rfc822 may be encoded.
     */
    Returned returned(long largest) {
        var parameters = about.origin().parameters();
        var wanted = (isDoubleBounce() || hasFailures() && parameters.ret() == Ret.FULL)
            && parameters.body() != Body.BINARY_MIME
            && !parameters.handling().requireTls();     // RFC 8689 section 5: RET=HDRS
        return Returned.of(original(), wanted && original().octets() <= largest, largest);
    }
}
