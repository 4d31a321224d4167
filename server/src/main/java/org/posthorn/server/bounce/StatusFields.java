package org.posthorn.server.bounce;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.smtp.Xtext;
import org.posthorn.protocols.wire.EnhancedStatus;
import org.posthorn.server.spool.SpooledMessage;

/** The fields of message/delivery-status (RFC 3464 section 2), in ASCII throughout. */
final class StatusFields {

    private static final int FOLD_AT = 76;
    private static final int LONGEST_LINE = 900;   // below the 998 of RFC 5322 section 2.1.1
    private static final Pattern STATUS = Pattern.compile("[2-5][0-9][0-9][ -]([245]\\.[0-9]{1,3}\\.[0-9]{1,3})\\b.*",
        Pattern.DOTALL);
    private static final Pattern PORT = Pattern.compile(":[0-9]{1,5}$");   // a name of type dns has none
    private static final DateTimeFormatter DATE =
        DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss +0000", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final StringBuilder text = new StringBuilder();

    static String date(Instant at) {
        return DATE.format(at);
    }

    /** The enhanced status of a reply, or the most general one of its class (RFC 3463 section 3.1). */
    static EnhancedStatus status(String reply) {
        var written = STATUS.matcher(reply);
        return written.matches() ? EnhancedStatus.parse(written.group(1))
            : new EnhancedStatus(reply.startsWith("4") ? 4 : 5, 0, 0);
    }

    /** The fields about the message. */
    StatusFields message(SpooledMessage message, String hostname) {
        field("Reporting-MTA", "dns; " + hostname);
        var envelopeId = message.origin().parameters().envelopeId();
        if (!envelopeId.isEmpty()) {
            field("Original-Envelope-Id", Xtext.decoded(envelopeId));
        }
        return field("Arrival-Date", date(message.origin().received()));
    }

    /** The fields about one recipient. */
    StatusFields recipient(Failure failure, Instant now) {
        text.append("\r\n");
        var recipient = failure.recipient().recipient();
        original(recipient.originalRecipient()).ifPresent(value -> field("Original-Recipient", value));
        field("Final-Recipient", typed(recipient.mailbox()));
        field("Action", "failed");
        field("Status", status(failure.reply()).toString());
        if (failure.remoteHost().isEmpty()) {
            field("Diagnostic-Code", "x-posthorn; " + failure.reply());
        } else {
            field("Remote-MTA", "dns; " + PORT.matcher(failure.remoteHost()).replaceFirst(""));
            field("Diagnostic-Code", "smtp; " + failure.reply());
        }
        return field("Last-Attempt-Date", date(now));
    }

    /** ORCPT as a field: the type, and the address decoded from xtext (RFC 3461 section 4.2). */
    private static Optional<String> original(String orcpt) {
        var semicolon = orcpt.indexOf(';');
        return semicolon <= 0 ? Optional.empty()
            : Optional.of(orcpt.substring(0, semicolon) + "; " + Xtext.decoded(orcpt.substring(semicolon + 1)));
    }

    /** An address with its type; a local part beyond ASCII as RFC 6533 section 3 writes it in ASCII. */
    private static String typed(Mailbox mailbox) {
        return mailbox.isAscii() ? "rfc822; " + mailbox : "utf-8; " + Xtext.unitext(mailbox.toString());
    }

    /** Adds a field; values are made ASCII and folded. */
    StatusFields field(String name, String value) {
        var line = new StringBuilder(name).append(':');
        for (var word : ascii(value).split(" ", -1)) {
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

    private static String ascii(String value) {
        var ascii = new StringBuilder(value.length());
        value.codePoints().forEach(c -> ascii.append(c == '\t' ? ' ' : c < ' ' || c > 126 ? '?' : (char) c));
        return ascii.toString();
    }

    @Override public String toString() {
        return text.toString();
    }
}
