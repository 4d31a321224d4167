package org.posthorn.server.bounce;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.mime.MailDate;
import org.posthorn.protocols.smtp.Xtext;
import org.posthorn.protocols.wire.EnhancedStatus;
import org.posthorn.server.spool.SpooledMessage;

/**
 * The fields of message/delivery-status (RFC 3464 section 2), in ASCII throughout; or, where UTF-8 is allowed and
 * needed, those of message/global-delivery-status (RFC 6533 section 4).
 */
final class StatusFields {

    private static final int FOLD_AT = 76;
    private static final int LONGEST_LINE = 900;   // below the 998 of RFC 5322 section 2.1.1
    private static final Pattern STATUS = Pattern.compile("[2-5][0-9][0-9][ -]([245]\\.[0-9]{1,3}\\.[0-9]{1,3})\\b.*",
        Pattern.DOTALL);
    private static final Pattern PORT = Pattern.compile(":[0-9]{1,5}$");   // a name of type dns has none
    private static final Pattern UNITEXT = Pattern.compile("\\\\x\\{([0-9A-F]{2,6})\\}");

    private final boolean utf8;
    private final StringBuilder text = new StringBuilder();

    /** Of a report that may be written in UTF-8, or may not. */
    StatusFields(boolean utf8) {
        this.utf8 = utf8;
    }

    /** Whether there is something beyond ASCII in it. */
    boolean isGlobal() {
        return text.chars().anyMatch(c -> c > 126);
    }

    /** The enhanced status of a reply, or the most general one of its class (RFC 3463 section 3.1). */
    static EnhancedStatus status(String reply) {
        var written = STATUS.matcher(reply);
        return written.matches() ? EnhancedStatus.parse(written.group(1))
            : new EnhancedStatus(reply.startsWith("4") ? 4 : reply.startsWith("2") ? 2 : 5, 0, 0);
    }

    /** Of a delay it is of class 4 (RFC 3464 section 2.3.4), also when a host said 5yz that we take for its trouble. */
    private static EnhancedStatus status(Notice notice) {
        var said = status(notice.reply());
        return notice.action() == Notice.Action.DELAYED && said.kind() != 4 ? new EnhancedStatus(4, 4, 0) : said;
    }

    /** The fields about the message. */
    StatusFields message(SpooledMessage message, String hostname) {
        field("Reporting-MTA", "dns; " + hostname);
        var envelopeId = message.origin().parameters().envelopeId();
        if (!envelopeId.isEmpty()) {
            field("Original-Envelope-Id", Xtext.decoded(envelopeId));
        }
        var handling = message.origin().parameters().handling();
        handling.by().ifPresent(by -> field("Deliver-By-Date", MailDate.of(by.at())));       // RFC 2852 section 5
        // RFC 4865 section 6, the absolute form: a client that named a span means that moment.
        handling.heldUntil().ifPresent(until -> field("Future-Release-Request", "until;"
            + until.truncatedTo(ChronoUnit.SECONDS)));
        return field("Arrival-Date", MailDate.of(message.origin().received()));
    }

    /** The fields about one recipient. */
    StatusFields recipient(Notice notice, Instant now) {
        text.append("\r\n");
        var recipient = notice.recipient().recipient();
        original(recipient.originalRecipient()).ifPresent(value -> field("Original-Recipient", value));
        field("Final-Recipient", typed(recipient.mailbox()));
        field("Action", notice.action().word());
        field("Status", status(notice).toString());
        var remote = notice.remote();
        if (!remote.spoke()) {
            // RFC 3464 sections 2.3.5 and 2.3.6: a host is named when it reported this, and cited word by word.
            field("Diagnostic-Code", "x-posthorn; " + notice.reply());
        } else {
            field("Remote-MTA", "dns; " + PORT.matcher(remote.host()).replaceFirst(""));
            field("Diagnostic-Code", "smtp; " + remote.words());
        }
        field("Last-Attempt-Date", MailDate.of(now));
        notice.retryUntil().ifPresent(until -> field("Will-Retry-Until", MailDate.of(until)));
        return this;
    }

    /** ORCPT as a field: the type, and the address decoded from xtext (RFC 3461 section 4.2). */
    private Optional<String> original(String orcpt) {
        var semicolon = orcpt.indexOf(';');
        if (semicolon <= 0) {
            return Optional.empty();
        }
        var type = orcpt.substring(0, semicolon);
        var address = Xtext.decoded(orcpt.substring(semicolon + 1));
        return Optional.of(type + "; " + (type.equalsIgnoreCase("utf-8") ? written(plain(address)) : address));
    }

    /** An address of type utf-8 without the escapes of RFC 6533 section 3. */
    private static String plain(String address) {
        return UNITEXT.matcher(address).replaceAll(escape -> {
            var point = Integer.parseInt(escape.group(1), 16);
            return Matcher.quoteReplacement(Character.isValidCodePoint(point) ? Character.toString(point) : "?");
        });
    }

    private String written(String address) {
        return utf8 ? address : Xtext.unitext(address);
    }

    /** An address with its type; a local part beyond ASCII as RFC 6533 section 3 writes it in ASCII. */
    private String typed(Mailbox mailbox) {
        return mailbox.isAscii() ? "rfc822; " + mailbox : "utf-8; " + written(mailbox.toString());
    }

    /** Adds a field; values are cleaned and folded. */
    StatusFields field(String name, String value) {
        var line = new StringBuilder(name).append(':');
        for (var word : clean(value).split(" ", -1)) {
            if (line.length() + 1 + word.length() > FOLD_AT && line.length() > name.length() + 1 && !word.isEmpty()) {
                text.append(line).append("\r\n");
                line.setLength(0);
            }
            line.append(' ');
            for (var rest = word; !rest.isEmpty(); ) {
                var part = rest.substring(0, Math.min(LONGEST_LINE, rest.length()));
                rest = rest.substring(part.length());
                line.append(part);
                if (!rest.isEmpty()) {
                    text.append(line).append("\r\n");
                    line.setLength(0);
                    line.append(' ');
                }
            }
        }
        text.append(line).append("\r\n");
        return this;
    }

    private String clean(String value) {
        var ascii = new StringBuilder(value.length());
        value.codePoints().forEach(c -> ascii.appendCodePoint(c == '\t' ? ' '
            : c < ' ' || c >= 127 && (c < 160 || !utf8) ? '?' : c));
        return ascii.toString();
    }

    @Override public String toString() {
        return text.toString();
    }
}
