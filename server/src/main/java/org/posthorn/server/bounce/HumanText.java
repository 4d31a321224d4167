package org.posthorn.server.bounce;

import java.util.List;
import java.util.stream.Collectors;
import org.posthorn.server.spool.SpooledMessage;

/** The part of a report that is for the sender: what happened, to whom, in whose words, and what to do. */
final class HumanText {

    private HumanText() {
    }

    /** The text, lines ended by LF, at most 78 characters where words allow. */
    static String of(SpooledMessage message, List<Failure> failures, String hostname) {
        var text = new StringBuilder();
        text.append(wrap("", "This is the mail server " + hostname + "."))
            .append('\n')
            .append(wrap("", "Your message of " + StatusFields.date(message.origin().received())
                + " could not be delivered to " + (failures.size() == 1 ? "this address:" : "these addresses:")));
        for (var failure : failures) {
            text.append('\n').append("  ").append(failure.recipient().recipient().mailbox()).append('\n')
                .append(wrap("    ", (failure.remoteHost().isEmpty() ? "We found: "
                    : "The server " + failure.remoteHost() + " said: ") + failure.reply()))
                .append(wrap("    ", Advice.of(StatusFields.status(failure.reply()))));
        }
        text.append('\n').append(wrap("", "Nobody else is concerned: to all other recipients the message was or will be"
            + " delivered, or you get another report."))
            .append('\n').append(wrap("", "If you need help, forward this report to postmaster@" + hostname
                + " and name the message: " + message.id() + "."));
        return text.toString();
    }

    private static String wrap(String indent, String sentence) {
        var lines = new StringBuilder(indent);
        var column = indent.length();
        for (var word : List.of(sentence.split(" ", -1))) {
            if (column > indent.length() && column + 1 + word.length() > 76) {
                lines.append('\n').append(indent);
                column = indent.length();
            } else if (column > indent.length()) {
                lines.append(' ');
                column++;
            }
            lines.append(word);
            column += word.length();
        }
        return lines.append('\n').toString();
    }

    /** A subject that names one address at most, in ASCII. */
    static String subject(List<Failure> failures) {
        var named = failures.stream().map(failure -> failure.recipient().recipient().mailbox())
            .filter(mailbox -> mailbox.isAscii() && mailbox.toString().length() <= 60).findFirst();
        return "Not delivered: your message" + named.map(mailbox -> " to " + mailbox
            + (failures.size() > 1 ? " and others" : "")).orElse("");
    }

    /** The addresses on one line, for histories. */
    static String addresses(List<Failure> failures) {
        return failures.stream().map(failure -> failure.recipient().recipient().mailbox().toString())
            .collect(Collectors.joining(", "));
    }
}
