package org.posthorn.server.log;

import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one line per event: ids first, then {@code key=value} in the order given.
 *
 * <p>INFO is the life of a message, WARN wants an operator's look, ERROR means that we broke, DEBUG is a peer that went
 * away. Values come from peers too: control characters are escaped and a value with blanks is quoted, so that one event
 * stays one line. Never give it bodies or passwords.
 */
public final class EventLog {

    private static final int LONGEST_VALUE = 500;   // characters; a peer must not fill the disk with one line

    private static final int USUAL = 256;           // characters of a line

    private static final HexFormat HEX = HexFormat.of();

    private final Logger logger;
    private final String ids;

    private EventLog(Logger logger, String ids) {
        this.logger = logger;
        this.ids = ids;
    }

    /** A log without ids; the owner's class is the logger's name. */
    public static EventLog of(Class<?> owner) {
        return new EventLog(LoggerFactory.getLogger(owner), "");
    }

    /** This log with the message's queue id on each line. */
    public EventLog mail(Object queueId) {
        return new EventLog(logger, "mail=" + clean(queueId) + " " + ids);
    }

    /** This log with the connection's id on each line. */
    public EventLog connection(String id) {
        return new EventLog(logger, ids + "conn=" + clean(id) + " ");
    }

    /**
     * The life of a message.
     *
     * @param pairs key, value, key, value...
     */
    public void info(String event, Object... pairs) {
        if (logger.isInfoEnabled()) {
            logger.info(line(event, pairs));
        }
    }

    /** An operator should look. */
    public void warn(String event, Object... pairs) {
        logger.warn(line(event, pairs));
    }

    /** We broke. */
    public void error(String event, Throwable cause, Object... pairs) {
        logger.error(line(event, pairs), cause);
    }

    /** Peers coming and going. */
    public void debug(String event, Object... pairs) {
        if (logger.isDebugEnabled()) {
            logger.debug(line(event, pairs));
        }
    }

    private String line(String event, Object... pairs) {
        var line = new StringBuilder(USUAL).append(ids).append("event=").append(event);
        for (var i = 0; i + 1 < pairs.length; i += 2) {
            line.append(' ').append(pairs[i]).append('=').append(clean(pairs[i + 1]));
        }
        return line.toString();
    }

    private static String clean(Object value) {
        var text = String.valueOf(value);
        if (text.length() <= LONGEST_VALUE) {
            switch (kind(text)) {
                case PLAIN -> {
                    return text;
                }
                case WORDS -> {
                    return "\"" + text + "\"";
                }
                case OTHER -> { }
            }
        }
        var cut = text.length() > LONGEST_VALUE ? text.substring(0, LONGEST_VALUE) + "..." : text;
        var out = new StringBuilder(cut.length() + 2);
        var quote = cut.isEmpty();
        for (var i = 0; i < cut.length(); i++) {
            var c = cut.charAt(i);
            if (c < ' ' || c == 127 || c >= 0x80 && c < 0xa0 || c == '\u2028' || c == '\u2029') {
                out.append("\\u").append(HEX.toHexDigits(c));
            } else if (c == '"' || c == '\\') {
                out.append('\\').append(c);
                quote = true;
            } else {
                quote |= c == ' ' || c == '=';
                out.append(c);
            }
        }
        return quote ? out.insert(0, '"').append('"').toString() : out.toString();
    }

    /** What is to be done with a value: nothing, or quotes around it, as with most; or a look at each character. */
    private enum Kind { PLAIN, WORDS, OTHER }

    private static Kind kind(String text) {
        var kind = text.isEmpty() ? Kind.WORDS : Kind.PLAIN;
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c < ' ' || c >= 127 || c == '"' || c == '\\') {
                return Kind.OTHER;
            }
            if (c == ' ' || c == '=') {
                kind = Kind.WORDS;
            }
        }
        return kind;
    }
}
