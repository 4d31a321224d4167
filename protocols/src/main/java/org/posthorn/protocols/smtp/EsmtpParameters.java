package org.posthorn.protocols.smtp;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import org.posthorn.protocols.wire.Reply;

/** The words after a path: {@code keyword} or {@code keyword=value} (RFC 5321 section 4.1.2, RFC 6531 section 3.3). */
sealed interface EsmtpParameters {

    Pattern KEYWORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]*");
    /** Printable, without space and equals sign; with RFC 6531 also what is not ASCII. */
    Pattern VALUE = Pattern.compile("[!-<>-~[^\\x00-\\x9f]]+");

    /**
     * What was there.
     *
     * @param values by keyword in upper case, in order; empty for a keyword without a value
     */
    record Words(SequencedMap<String, Optional<String>> values) implements EsmtpParameters {
    }

    /** 501: not words, or one of them twice. */
    record Fault(Reply reply) implements EsmtpParameters {
    }

    static EsmtpParameters read(String text) {
        SequencedMap<String, Optional<String>> values = new LinkedHashMap<>();
        if (text.isEmpty()) {
            return new Words(values);   // most recipients, and senders too
        }
        for (var word : text.strip().split(" ", -1)) {
            if (word.isEmpty()) {
                continue;
            }
            var equals = word.indexOf('=');
            var keyword = equals < 0 ? word : word.substring(0, equals);
            var value = equals < 0 ? Optional.<String>empty() : Optional.of(word.substring(equals + 1));
            if (!KEYWORD.matcher(keyword).matches() || value.filter(v -> !isValue(keyword, v)).isPresent()) {
                return new Fault(Reply.of(501, "5.5.4", "Expected parameters like KEYWORD or KEYWORD=value"));
            }
            if (values.putIfAbsent(keyword.toUpperCase(Locale.ROOT), value) != null) {
                return new Fault(Reply.of(501, "5.5.4", "The parameter " + keyword + " is given twice"));
            }
        }
        return new Words(values);
    }

    /** XVERP is older than the rule that no value holds an equals sign. */
    private static boolean isValue(String keyword, String value) {
        return VALUE.matcher(keyword.equalsIgnoreCase("XVERP") ? value.replace('=', '+') : value).matches();
    }

    /** 555: we did not offer it (RFC 5321 section 4.1.1.11). */
    static Reply unknown(Map.Entry<String, Optional<String>> word) {
        return Reply.of(555, "5.5.4", "Unknown parameter " + word.getKey());
    }

    /** 501: we know it, but not what it says. */
    static Reply malformed(String keyword, String expected) {
        return Reply.of(501, "5.5.4", "Expected " + keyword + expected);
    }
}
