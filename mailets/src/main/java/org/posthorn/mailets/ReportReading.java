package org.posthorn.mailets;

import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.internet.InternetHeaders;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.mailet.Mail;
import org.posthorn.mailets.port.BounceKind;

/**
 * What a delivery status notification that came in says of its first failed recipient (RFC 3464).
 *
 * @param recipient the address that failed: of the return path, where that names one (VERP), or else of the report
 * @param kind what kind of failure
 * @param status such as {@code 5.1.1}
 */
public record ReportReading(String recipient, BounceKind kind, String status) {

    private static final int LARGEST = 1 << 20;     // octets of a report that is looked into
    private static final int LONGEST = 64 << 10;    // octets of its fields
    private static final Pattern VERP = Pattern.compile("(.+)=([A-Za-z0-9.-]+\\.[A-Za-z0-9-]+)");

    /** Reads it; empty for anything else, such as a report of a delay or of a success, or mail of a person. */
    public static Optional<ReportReading> of(Mail mail) throws MessagingException {
        var message = mail.getMessage();
        var type = Optional.ofNullable(message.getContentType()).orElse("").replaceAll("\\s", "");
        if (!message.isMimeType("multipart/report") || !Pattern.compile("report-type=\"?delivery-status\"?(;|$)",
            Pattern.CASE_INSENSITIVE).matcher(type).find() || mail.getMessageSize() > LARGEST) {
            return Optional.empty();
        }
        try {
            return new MimeMessage(message).getContent() instanceof Multipart parts ? of(mail, parts)
                : Optional.empty();
        } catch (IOException e) {
            throw new MessagingException("the report cannot be read", e);
        }
    }

    private static Optional<ReportReading> of(Mail mail, Multipart parts) throws MessagingException, IOException {
        for (var i = 0; i < parts.getCount(); i++) {
            var part = parts.getBodyPart(i);
            if (part.isMimeType("message/delivery-status") || part.isMimeType("message/global-delivery-status")) {
                for (var group : text(part).replace("\r\n", "\n").split("\n\n+", -1)) {
                    var fields = new InternetHeaders(new ByteArrayInputStream(
                        (group + "\n\n").getBytes(StandardCharsets.UTF_8)), true);
                    if (field(fields, "Action").equalsIgnoreCase("failed")) {
                        return Optional.of(reading(mail, fields));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static ReportReading reading(Mail mail, InternetHeaders fields) {
        var status = field(fields, "Status").replaceFirst("[^0-9.].*", "");
        var said = afterType(field(fields, "Diagnostic-Code"));
        var original = afterType(field(fields, "Original-Recipient"));
        var named = original.isEmpty() ? afterType(field(fields, "Final-Recipient")) : original;
        var own = mail.getRecipients().stream().map(one -> VERP.matcher(one.getLocalPart()))
            .filter(Matcher::matches).map(found -> byPath(found.group(1), found.group(2), named)).findFirst();
        return new ReportReading(own.orElse(named), BounceKind.of((said + " " + status).strip()), status);
    }

    /**
     * Whom a return path names, of which the delimiter is not known: {@code my-list+mary-ann} may end in three ways. It
     * is as the report has it, where one of them is that; the one way there is, or from the first plus where no hyphen
     * stands before that; else nobody knows but the report.
     */
    private static String byPath(String words, String domain, String named) {
        var ways = IntStream.range(1, words.length() - 1).filter(at -> "+-".indexOf(words.charAt(at)) >= 0)
            .mapToObj(at -> words.substring(at + 1) + "@" + domain).toList();
        var first = words.indexOf('+', 1);
        var usual = first > 0 && words.lastIndexOf('-', first) < 1;
        return ways.stream().filter(way -> way.equalsIgnoreCase(named)).findFirst()
            .orElse(ways.size() == 1 || usual && !ways.isEmpty() || named.isEmpty() && !ways.isEmpty()
                ? ways.getFirst() : named);
    }

    private static String field(InternetHeaders fields, String name) {
        return Optional.ofNullable(fields.getHeader(name, null)).orElse("").replaceAll("\\s+", " ").strip();
    }

    /** What stands behind {@code rfc822;} or another type. */
    private static String afterType(String value) {
        return value.substring(value.indexOf(';') + 1).strip();
    }

    private static String text(BodyPart part) throws MessagingException, IOException {
        try (InputStream in = part.getInputStream()) {
            return new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8);
        }
    }
}
