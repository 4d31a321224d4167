package org.posthorn.server.spool;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Several events of one message in one row of the history, since a row costs more than its text: one event a line, its
 * fields divided by tabs, {@code \\t}, {@code \\n} and {@code \\\\} for these characters in a field.
 */
final class HistoryText {

    /** What stands in the column {@code what} of a row that holds several events in {@code detail}. */
    static final String SEVERAL = "*";

    private HistoryText() {
    }

    /** Texts of at most so many characters for all these events, in order; an event that is longer alone is cut. */
    static List<String> write(List<Event> events, int most) {
        var texts = new ArrayList<String>();
        var text = new StringBuilder();
        for (var event : events) {
            var line = line(event, most);
            if (!text.isEmpty() && text.length() + line.length() > most) {
                texts.add(text.toString());
                text.setLength(0);
            }
            text.append(line);
        }
        if (!text.isEmpty()) {
            texts.add(text.toString());
        }
        return texts;
    }

    private static String line(Event event, int most) {
        var before = event.at().toEpochMilli() + "\t" + escaped(event.recipient()) + "\t" + escaped(event.what())
            + "\t";
        var detail = escaped(event.detail());
        var room = Math.max(0, most - before.length() - 1);
        if (detail.length() > room) {
            detail = detail.substring(0, room);
            // Half an escape or half a character says nothing.
            detail = detail.replaceFirst("(?<!\\\\)((\\\\\\\\)*)\\\\$", "$1").replaceFirst("[\\ud800-\\udbff]$", "");
        }
        return before + detail + "\n";
    }

    private static String escaped(String field) {
        return field.indexOf('\t') < 0 && field.indexOf('\n') < 0 && field.indexOf('\\') < 0 ? field
            : field.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n");
    }

    /** The events of a text. */
    static List<Event> read(String text) {
        return Stream.of(text.substring(0, text.length() - 1).split("\n", -1)).map(line -> {
            var fields = line.split("\t", -1);
            return new Event(Instant.ofEpochMilli(Long.parseLong(fields[0])), plain(fields[1]), plain(fields[2]),
                plain(fields[3]));
        }).toList();
    }

    private static String plain(String field) {
        var plain = new StringBuilder(field.length());
        for (var i = 0; i < field.length(); i++) {
            var c = field.charAt(i);
            if (c == '\\' && i + 1 < field.length()) {
                c = switch (field.charAt(++i)) {
                    case 't' -> '\t';
                    case 'n' -> '\n';
                    default -> field.charAt(i);
                };
            }
            plain.append(c);
        }
        return plain.toString();
    }
}
