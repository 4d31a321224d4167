package org.posthorn.server.chain;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;

/**
 * The text of {@link AttributesText} where all attributes are strings, booleans and ints, as nearly all mail has them:
 * the same octets, without a tree of JSON in between. For the few notes of a mail that saves 64,000 instructions
 * (C1) and a library that would have to be compiled before the first mails are fast.
 */
final class PlainAttributes {

    private static final String ESCAPED = "\"\\\n\r\t";
    private static final String ESCAPES = "\"\\nrt";
    private static final String SERIALIZER = ":{\"serializer\":\"";
    private static final String VALUE = "\",\"value\":";

    private final String text;
    private int at;

    private PlainAttributes(String text) {
        this.text = text;
    }

    /** The text, sorted by name; empty when one of the attributes is something else. */
    static Optional<String> write(Collection<Attribute> attributes) {
        var sorted = new TreeMap<String, AttributeValue<?>>();
        for (var attribute : attributes) {
            sorted.put(attribute.getName().asString(), attribute.getValue());
        }
        var out = new StringBuilder(256).append('{');
        for (var entry : sorted.entrySet()) {
            if (out.length() > 1) {
                out.append(',');
            }
            if (!string(out, entry.getKey()) || !value(out, entry)) {
                return Optional.empty();
            }
        }
        return Optional.of(out.append('}').toString());
    }

    private static boolean value(StringBuilder out, Map.Entry<String, AttributeValue<?>> entry) {
        var value = entry.getValue();
        return switch (value.value()) {
            case String words when value.equals(AttributeValue.of(words)) -> {
                out.append(SERIALIZER).append("StringSerializer").append(VALUE);
                yield string(out, words) && closed(out);
            }
            case Boolean flag when value.equals(AttributeValue.of(flag)) -> {
                out.append(SERIALIZER).append("BooleanSerializer").append(VALUE).append(flag.booleanValue());
                yield closed(out);
            }
            case Integer number when value.equals(AttributeValue.of(number)) -> {
                out.append(SERIALIZER).append("IntSerializer").append(VALUE).append(number.intValue());
                yield closed(out);
            }
            case null, default -> false;
        };
    }

    private static boolean closed(StringBuilder out) {
        out.append('}');
        return true;
    }

    /** Between quotes; false where there is something that we do not know how to write. */
    private static boolean string(StringBuilder out, String words) {
        out.append('"');
        var plain = 0;      // from there on nothing needs an escape
        for (var i = 0; i < words.length(); i++) {
            var c = words.charAt(i);
            if (c < ' ' || c >= 127 || c == '"' || c == '\\') {
                var escape = ESCAPED.indexOf(c);
                if (escape < 0) {
                    return false;
                }
                out.append(words, plain, i).append('\\').append(ESCAPES.charAt(escape));
                plain = i + 1;
            }
        }
        out.append(words, plain, words.length()).append('"');
        return true;
    }

    /** Reads what {@link #write} wrote; empty for any other text. */
    static Optional<List<Attribute>> read(String text) {
        return new PlainAttributes(text).all();
    }

    private Optional<List<Attribute>> all() {
        var attributes = new ArrayList<Attribute>();
        if (!skip("{")) {
            return Optional.empty();
        }
        do {
            var name = string();
            var value = name.isPresent() ? value() : Optional.<AttributeValue<?>>empty();
            if (value.isEmpty()) {
                return Optional.empty();
            }
            attributes.add(new Attribute(AttributeName.of(name.get()), value.get()));
        } while (skip(","));
        return skip("}") && at == text.length() ? Optional.of(attributes) : Optional.empty();
    }

    private Optional<AttributeValue<?>> value() {
        if (!skip(SERIALIZER)) {
            return Optional.empty();
        }
        Optional<AttributeValue<?>> value = Optional.empty();
        if (skip("StringSerializer" + VALUE)) {
            var words = string();
            value = words.isPresent() ? Optional.of(AttributeValue.of(words.get())) : value;
        } else if (skip("BooleanSerializer" + VALUE)) {
            value = skip("true") ? Optional.of(AttributeValue.of(true))
                : skip("false") ? Optional.of(AttributeValue.of(false)) : value;
        } else if (skip("IntSerializer" + VALUE)) {
            value = number();
        }
        return skip("}") ? value : Optional.empty();
    }

    private Optional<AttributeValue<?>> number() {
        var end = text.indexOf('}', at);
        try {
            var number = Integer.parseInt(text, at, Math.max(at, end), 10);
            at = end;
            return Optional.of(AttributeValue.of(number));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private Optional<String> string() {
        if (!skip("\"")) {
            return Optional.empty();
        }
        var end = text.indexOf('"', at);
        var escape = text.indexOf('\\', at);
        if (end >= 0 && (escape < 0 || escape > end)) {
            var plain = text.substring(at, end);
            at = end + 1;
            return Optional.of(plain);
        }
        var words = new StringBuilder();
        while (at < text.length()) {
            var c = text.charAt(at++);
            if (c == '"') {
                return Optional.of(words.toString());
            }
            if (c == '\\') {
                var meant = at < text.length() ? ESCAPES.indexOf(text.charAt(at++)) : -1;
                if (meant < 0) {
                    return Optional.empty();
                }
                words.append(ESCAPED.charAt(meant));
            } else {
                words.append(c);
            }
        }
        return Optional.empty();
    }

    private boolean skip(String expected) {
        var there = text.startsWith(expected, at);
        at += there ? expected.length() : 0;
        return there;
    }
}
