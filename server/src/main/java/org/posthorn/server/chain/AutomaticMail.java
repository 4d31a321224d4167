package org.posthorn.server.chain;

import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.ParseException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import org.apache.mailet.Mail;
import org.apache.mailet.base.AutomaticallySentMailDetector;

/** Tells mail that a program wrote, for mailets that must not answer it (RFC 3834 section 2). */
final class AutomaticMail implements AutomaticallySentMailDetector {

    private static final int LARGEST = 1 << 20;   // octets of a notification; with the text of a message at most
    private static final int LONGEST = 64 << 10;   // octets that are looked at

    @Override public boolean isAutomaticallySent(Mail mail) throws MessagingException {
        return isMailingList(mail) || isAutoSubmitted(mail) || isMdnSentAutomatically(mail);
    }

    /** By its sender's name, a field {@code List-...} (RFC 2369, RFC 2919), or the older {@code Precedence}. */
    @Override public boolean isMailingList(Mail mail) throws MessagingException {
        var sender = mail.getMaybeSender().asOptional().map(one -> one.getLocalPart().toLowerCase(Locale.ROOT))
            .orElse("");
        if (sender.startsWith("owner-") || sender.endsWith("-request")) {
            return true;
        }
        for (var header : Collections.list(mail.getMessage().getAllHeaders())) {
            if (header.getName().toLowerCase(Locale.ROOT).startsWith("list-")) {
                return true;
            }
        }
        return field(mail, "Precedence").matches("bulk|list|junk");
    }

    /** RFC 3834 section 5: any value but {@code no}. */
    @Override public boolean isAutoSubmitted(Mail mail) throws MessagingException {
        var written = field(mail, AUTO_SUBMITTED_HEADER).replaceFirst("[\\s;(].*", "");
        return !written.isEmpty() && !written.equals("no");
    }

    /** A disposition notification that nobody asked for by hand (RFC 8098 section 3.2.6). */
    @Override public boolean isMdnSentAutomatically(Mail mail) throws MessagingException {
        var message = mail.getMessage();
        try {
            var type = new ContentType(Optional.ofNullable(message.getContentType()).orElse("text/plain"));
            if (!type.match("multipart/report") || !"disposition-notification".equalsIgnoreCase(
                type.getParameter("report-type")) || mail.getMessageSize() > LARGEST
                || !(new MimeMessage(message).getContent() instanceof Multipart parts)) {
                return false;
            }
            for (var i = 0; i < parts.getCount(); i++) {
                var part = parts.getBodyPart(i);
                if (part.isMimeType("message/disposition-notification")
                    && text(part).contains("/mdn-sent-automatically")) {
                    return true;
                }
            }
            return false;
        } catch (ParseException e) {
            return false;   // what says nothing readable of its kind is no notification
        } catch (IOException e) {
            throw new MessagingException("the message cannot be read", e);
        }
    }

    private static String field(Mail mail, String name) throws MessagingException {
        return Optional.ofNullable(mail.getMessage().getHeader(name, null)).orElse("").strip()
            .toLowerCase(Locale.ROOT);
    }

    private static String text(Part part) throws MessagingException, IOException {
        try (InputStream in = part.getInputStream()) {
            return new String(in.readNBytes(LONGEST), StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
        }
    }
}
