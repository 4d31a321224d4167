package org.posthorn.server.bounce;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.posthorn.protocols.mime.MailDate;
import org.posthorn.server.bounce.Notice.Action;
import org.posthorn.server.spool.SpooledMessage;

/** The part of a report that is for people: what happened, to whom, in whose words, and what to do. */
final class HumanText {

    private HumanText() {
    }

    /** The text, lines ended by LF, at most 78 characters where words allow. */
    static String of(Report report, String hostname) {
        var text = new StringBuilder(wrap("", "This is the mail server " + hostname + "."));
        if (report.isDoubleBounce()) {
            text.append('\n').append(wrap("", "The message below has no sender who could be told, as reports have"
                + " none, and could not be delivered. You are told as postmaster; when this does not reach you nobody"
                + " is."));
        }
        byAction(report.notices()).forEach((action, some) -> {
            text.append('\n').append(wrap("", sentence(action, report.about(), some)));
            some.forEach(notice -> text.append('\n').append(entry(notice)));
        });
        text.append('\n');
        if (report.hasFailures() && !report.isDoubleBounce()) {
            text.append(wrap("", "Nobody else is concerned: to all other recipients the message was or will be"
                + " delivered, or you get another report.")).append('\n');
        }
        return text.append(wrap("", "If you need help, forward this report to postmaster@" + hostname
            + " and name the message: " + report.about().id() + ".")).toString();
    }

    private static Map<Action, List<Notice>> byAction(List<Notice> notices) {
        return notices.stream().collect(Collectors.groupingBy(Notice::action, () -> new EnumMap<>(Action.class),
            Collectors.toList()));
    }

    private static String sentence(Action action, SpooledMessage message, List<Notice> some) {
        var one = some.size() == 1;
        var these = one ? "this address" : "these addresses";
        return "Your message of " + MailDate.of(message.origin().received()) + switch (action) {
            case FAILED -> " could not be delivered to " + these + ":";
            case DELAYED -> " has not reached " + these + " yet. You need not send it again: we go on trying"
                + some.getFirst().retryUntil().map(until -> " until " + MailDate.of(until)).orElse("") + ".";
            case DELIVERED -> " was delivered to " + these + ", as you wanted to know:";
            case RELAYED -> " was passed on for " + these + " to a server that sends no such confirmations. You may"
                + " hear nothing more:";
            case EXPANDED -> " was passed on to all for whom " + these + (one ? " stands." : " stand.")
                + " You will hear of those whom it does not reach:";
        };
    }

    private static String entry(Notice notice) {
        var remote = notice.remote();
        var host = remote.host();
        var found = host.isEmpty() ? "We found: " : "We found, with the server " + host + ": ";
        var said = "The server " + host + " said: ";
        var lines = "  " + notice.address() + "\n" + switch (notice.action()) {
            case FAILED, DELAYED -> wrap("    ", (notice.reply().equals(remote.words()) ? said
                : remote.spoke() ? "We found: " : found) + notice.reply());
            case DELIVERED, RELAYED -> remote.spoke() ? wrap("    ", said + remote.words()) : "";
            case EXPANDED -> "";
        };
        return notice.action() == Action.FAILED
            ? lines + wrap("    ", Advice.of(StatusFields.status(notice.reply()), !remote.spoke())) : lines;
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
    static String subject(Report report) {
        var actions = byAction(report.notices());
        var gravest = actions.keySet().iterator().next();
        var word = report.isDoubleBounce() ? "Not delivered, and nobody to tell: a message" : switch (gravest) {
            case FAILED -> "Not delivered: your message";
            case DELAYED -> "Delayed: your message";
            case DELIVERED -> "Delivered: your message";
            case RELAYED -> "Passed on: your message";
            case EXPANDED -> "Passed on to all: your message";
        };
        var some = actions.get(gravest);
        var named = some.stream().map(notice -> notice.recipient().recipient().mailbox())
            .filter(mailbox -> mailbox.isAscii() && mailbox.toString().length() <= 60).findFirst();
        return word + named.map(mailbox -> " to " + mailbox + (some.size() > 1 ? " and others" : "")).orElse("");
    }

    /** Actions and addresses on one line, for histories: {@code failed bob@example.net, delayed...}. */
    static String addresses(List<Notice> notices) {
        return byAction(notices).entrySet().stream().map(entry -> (entry.getKey() == Action.FAILED ? "not delivered"
            : entry.getKey().word()) + " to " + entry.getValue().stream().map(Notice::address)
            .collect(Collectors.joining(", "))).collect(Collectors.joining("; "));
    }
}
