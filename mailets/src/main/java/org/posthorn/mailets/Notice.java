package org.posthorn.mailets;

import jakarta.mail.MessagingException;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Mail;

/** The words of a notice about a mail. */
final class Notice {

    private Notice() {
    }

    /** Says which mail is meant, below some words. */
    static String of(Mail mail, String words) throws MessagingException {
        var original = mail.getMessage();
        return words + "\n"
            + line("Subject", Optional.ofNullable(original.getSubject()))
            + line("From", Optional.ofNullable(original.getHeader("From", ", ")))
            + line("Date", Optional.ofNullable(original.getHeader("Date", null)))
            + line("Message-ID", Optional.ofNullable(original.getHeader("Message-ID", null)))
            + line("Recipients", Optional.of(mail.getRecipients().stream().map(MailAddress::asString)
                .collect(Collectors.joining(", "))));
    }

    private static String line(String name, Optional<String> value) {
        return value.map(text -> "\n  " + name + ": " + text.replaceAll("\\s+", " ").strip()).orElse("");
    }
}
