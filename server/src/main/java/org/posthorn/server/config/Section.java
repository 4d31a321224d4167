package org.posthorn.server.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One XML element of a configuration file, with the line it stands on.
 *
 * <p>A value is an attribute or a child element with text, whichever the file uses. A value that cannot be read is
 * noted as a {@link Problem} and its default returned, so that reading goes on and all mistakes are told together.
 * What nobody asked for is refused by {@link #refuseUnknown}. Used by one thread.
 */
public final class Section {

    private final String file;
    private final int line;
    private final String name;
    private final String text;
    private final Map<String, String> attributes;
    private final List<Section> children;
    private final Problems problems;
    private final Set<String> asked = new HashSet<>();

    Section(Place place, String text, Map<String, String> attributes, List<Section> children, Problems problems) {
        this.file = place.file();
        this.line = place.line();
        this.name = place.element();
        this.text = text;
        this.attributes = Map.copyOf(attributes);
        this.children = List.copyOf(children);
        this.problems = problems;
    }

    /** Where an element stands. */
    record Place(String file, int line, String element) {
    }

    /** The element's name. */
    public String name() {
        return name;
    }

    /** The file's name, without its directory. */
    public String file() {
        return file;
    }

    /** The line of the element's start tag, from 1. */
    public int line() {
        return line;
    }

    /** The element's own text, without blanks around it; empty when it has none. */
    public String text() {
        return text;
    }

    /** The attributes, by name. Asking this way counts as asking for all of them. */
    public Map<String, String> attributes() {
        asked.addAll(attributes.keySet());
        return attributes;
    }

    /** All child elements in order. Asking this way counts as asking for all of them. */
    public List<Section> children() {
        children.forEach(child -> asked.add(child.name));
        return children;
    }

    /** The child elements of that name, in order. */
    public List<Section> children(String child) {
        asked.add(child);
        return children.stream().filter(c -> c.name.equals(child)).toList();
    }

    /** The child element of that name; a second one is a problem. */
    public Optional<Section> child(String child) {
        var all = children(child);
        if (all.size() > 1) {
            all.get(1).problem("<" + child + "> stands a second time in <" + name + ">; keep one");
        }
        return all.stream().findFirst();
    }

    /** The child element of that name, or an empty one in whose place every default holds. */
    public Section childOrEmpty(String child) {
        return child(child).orElseGet(
            () -> new Section(new Place(file, line, child), "", Map.of(), List.of(), problems));
    }

    /** Notes a mistake at this element. */
    public void problem(String message) {
        problems.add(file, line, message);
    }

    /** A text value. */
    public String string(String key, String fallback) {
        return value(key, fallback, Function.identity());
    }

    /** A text value that must be there. */
    public String required(String key) {
        var value = find(key);
        if (value.isEmpty() || value.get().text.isEmpty()) {
            problem("<" + name + "> needs " + key);
            return "";
        }
        return value.get().text;
    }

    /** The texts of all child elements of that name. */
    public List<String> strings(String key) {
        return children(key).stream().map(Section::text).toList();
    }

    /** All child elements of that name, each read by the parser; the parser's complaint becomes a problem. */
    public <T> List<T> values(String key, Function<String, T> parser) {
        var values = new ArrayList<T>();
        for (var child : children(key)) {
            child.read(key, parser).ifPresent(values::add);
        }
        return values;
    }

    /** A whole number from {@code min} to {@code max}, both included. */
    public int integer(String key, int fallback, int min, int max) {
        return value(key, fallback, written -> {
            try {
                var number = Integer.parseInt(written);
                if (number >= min && number <= max) {
                    return number;
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("expected a whole number", e);
            }
            throw new IllegalArgumentException("expected a number from " + min + " to " + max);
        });
    }

    /** {@code true} or {@code false}. */
    public boolean flag(String key, boolean fallback) {
        return value(key, fallback, written -> switch (written) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("expected true or false");
        });
    }

    /** A time such as {@code 30 s}, {@code 5 m}, {@code 4 h}, {@code 5 d} or {@code 200 ms}. */
    public Duration duration(String key, Duration fallback) {
        return value(key, fallback, Units::duration);
    }

    /** A size in octets, such as {@code 4096}, {@code 64 KiB}, {@code 50 MiB} or {@code 1 GiB}. */
    public long octets(String key, long fallback) {
        return value(key, fallback, Units::octets);
    }

    /** One of an enum's names, in lower case with dashes. */
    public <E extends Enum<E>> E choice(String key, E fallback) {
        var type = fallback.getDeclaringClass();
        return value(key, fallback, written -> Stream.of(type.getEnumConstants())
            .filter(constant -> written(constant).equals(written))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("expected one of "
                + Stream.of(type.getEnumConstants()).map(Section::written).collect(Collectors.joining(", ")))));
    }

    private static String written(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * A value read by a parser of the caller's; an {@link IllegalArgumentException} that it throws becomes a problem
     * with its message, and the fallback is returned.
     */
    public <T> T value(String key, T fallback, Function<String, T> parser) {
        return find(key).flatMap(found -> found.read(key, parser)).orElse(fallback);
    }

    /** Notes a problem for each attribute and element here and below that nobody asked for. */
    public void refuseUnknown() {
        for (var attribute : attributes.keySet()) {
            if (!asked.contains(attribute)) {
                problem("<" + name + "> has no attribute '" + attribute + "'" + known());
            }
        }
        for (var child : children) {
            if (asked.contains(child.name)) {
                child.refuseUnknown();
            } else {
                child.problem("<" + name + "> has no element <" + child.name + ">" + known());
            }
        }
    }

    private String known() {
        return asked.isEmpty() ? "" : "; it knows " + asked.stream().sorted().collect(Collectors.joining(", "));
    }

    private Optional<Section> find(String key) {
        var attribute = attributes.get(key);
        if (attribute != null) {
            asked.add(key);
            return Optional.of(new Section(new Place(file, line, key), attribute, Map.of(), List.of(), problems));
        }
        return child(key);
    }

    private <T> Optional<T> read(String key, Function<String, T> parser) {
        try {
            return Optional.of(parser.apply(text));
        } catch (IllegalArgumentException e) {
            problem(key + ": " + e.getMessage() + ", found '" + text + "'");
            return Optional.empty();
        }
    }
}
