package org.posthorn.mailets;

import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.Date;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import org.apache.mailet.Mail;

/**
 * What a message that {@link Resend} and its kin send consists of.
 *
 * @param inline what of the original stands in the text
 * @param attachment what of it is attached
 * @param attachError whether the mail's error message stands in the text
 */
record Composition(Inline inline, Attachment attachment, boolean attachError) {

    /** Of a message that is larger, in octets, only the header is attached or shown. */
    static final long LARGEST = 10L << 20;

    /** What of the original stands in the text. */
    enum Inline {
        /** The original is the new message. */
        UNALTERED,
        /** Its header. */
        HEADS,
        /** Its text. */
        BODY,
        /** Both. */
        ALL,
        /** Nothing. */
        NONE
    }

    /** What of the original is attached. */
    enum Attachment {
        /** The message, as message/rfc822. */
        MESSAGE,
        /** Its header, as text. */
        HEADS,
        /** Its text. */
        BODY,
        /** Header and text, in one. */
        ALL,
        /** Nothing. */
        NONE
    }

    /** A new message with these words, and what is wanted of the mail's own. */
    @SuppressWarnings("JavaUtilDate")   // jakarta.mail speaks in Dates
    MimeMessage write(Mail mail, String words, String domain) throws MessagingException {
        var message = new Identified(domain);
        var text = new StringBuilder(words);
        if (attachError && mail.getErrorMessage() != null) {
            text.append("\n\nError message:\n").append(mail.getErrorMessage());
        }
        var original = mail.getMessage();
        text.append(switch (inline) {
            case HEADS -> "\n\n" + heads(original);
            case BODY -> "\n\n" + text(mail);
            case ALL -> "\n\n" + heads(original) + "\n" + text(mail);
            case NONE, UNALTERED -> "";
        });
        var attached = attached(mail);
        if (attached.isEmpty()) {
            message.setText(text.toString(), StandardCharsets.UTF_8.name());
        } else {
            var parts = new MimeMultipart();
            var first = new MimeBodyPart();
            first.setText(text.toString(), StandardCharsets.UTF_8.name());
            parts.addBodyPart(first);
            parts.addBodyPart(attached.get());
            message.setContent(parts);
        }
        message.setSentDate(Date.from(Instant.now()));
        return message;
    }

    private Optional<MimeBodyPart> attached(Mail mail) throws MessagingException {
        var original = mail.getMessage();
        var large = mail.getMessageSize() > LARGEST;
        var part = new MimeBodyPart();
        switch (large && attachment != Attachment.NONE ? Attachment.HEADS : attachment) {
            case MESSAGE -> part.setContent(original, "message/rfc822");
            case HEADS -> part.setText(heads(original), StandardCharsets.UTF_8.name());
            case BODY -> part.setText(text(mail), StandardCharsets.UTF_8.name());
            case ALL -> part.setText(heads(original) + "\n" + text(mail), StandardCharsets.UTF_8.name());
            case NONE -> {
                return Optional.empty();
            }
        }
        part.setDisposition(Part.ATTACHMENT);
        return Optional.of(part);
    }

    private static String heads(MimeMessage original) throws MessagingException {
        return String.join("\n", Collections.list(original.getAllHeaderLines())).replace("\r\n", "\n") + "\n";
    }

    /** The first part that is plain text. A copy is read: who takes the parts of the mail in hand may change them. */
    private static String text(Mail mail) throws MessagingException {
        if (mail.getMessageSize() > LARGEST) {
            return "(the message is too large to be shown)\n";
        }
        try {
            return plain(new MimeMessage(mail.getMessage()), 0).orElse("(the message has no plain text)\n");
        } catch (IOException e) {
            throw new MessagingException("the message cannot be read", e);
        }
    }

    private static Optional<String> plain(Part part, int depth) throws MessagingException, IOException {
        if (part.isMimeType("text/plain")) {
            return Optional.of(part.getContent() instanceof String text ? text : raw(part));
        }
        if (depth < 20 && part.isMimeType("multipart/*") && part.getContent() instanceof Multipart parts) {
            for (var i = 0; i < parts.getCount(); i++) {
                var found = plain(parts.getBodyPart(i), depth + 1);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    /** A text whose charset nobody knows. */
    private static String raw(Part part) throws MessagingException, IOException {
        try (var in = part.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    /** A message whose Message-ID tells neither this machine's name nor who runs the server. */
    private static final class Identified extends MimeMessage {
        private final String domain;

        Identified(String domain) {
            super(Session.getInstance(new Properties()));
            this.domain = domain;
        }

        @Override protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", "<" + UUID.randomUUID() + "@" + domain + ">");
        }
    }
}
