package org.posthorn.server.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One XML element of a configuration file, with the line it stands on.
 *
 * <p>A value is an attribute or a child element with text, as the file's XSD says: what is unknown, missing or there
 * twice was told when the file was read ({@link ConfigFile}). A value that cannot be read is noted as a {@link Problem}
 * and its default returned, so that reading goes on and all mistakes are told together. Used by one thread.
 *
 * <p>Where assertions are on, as in tests, nobody may ask for what the XSD does not describe.
 */
public final class Section {

    private final String file;
    private final int line;
    private final String name;
    private final String text;
    private final Map<String, String> attributes;
    private final List<Section> children;
    private final Problems problems;
    private final Optional<Declaration> declared;

    Section(Place place, String text, Map<String, String> attributes, List<Section> children, Problems problems) {
        this.file = place.file();
        this.line = place.line();
        this.name = place.element();
        this.text = text;
        this.attributes = Map.copyOf(attributes);
        this.children = List.copyOf(children);
        this.problems = problems;
        this.declared = place.declared();
    }

    /**
     * Where an element stands.
     *
     * @param declared what the schema says of it; empty without a schema, or when it is unknown there
     */
    record Place(String file, int line, String element, Optional<Declaration> declared) {

        Place in(String child) {
            return new Place(file, line, child, declared.flatMap(parent -> parent.find(child)));
        }
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

    /** The attributes, by name. */
    public Map<String, String> attributes() {
        return attributes;
    }

    /** All child elements in order. */
    public List<Section> children() {
        return children;
    }

    /** The child elements of that name, in order. */
    public List<Section> children(String child) {
        assert isDescribed(child) : file + ": nothing describes '" + child + "' in <" + name + ">";
        return children.stream().filter(c -> c.name.equals(child)).toList();
    }

    /** The child element of that name; the first one when somebody wrote two. */
    public Optional<Section> child(String child) {
        return children(child).stream().findFirst();
    }

    /** The child element of that name, or an empty one in whose place every default holds. */
    public Section childOrEmpty(String child) {
        return child(child).orElseGet(
            () -> new Section(place().in(child), "", Map.of(), List.of(), problems));
    }

    private Place place() {
        return new Place(file, line, name, declared);
    }

    private boolean isDescribed(String key) {
        return declared.map(element -> element.find(key).isPresent() || element.takesAnyElement()).orElse(true);
    }

    /** Notes a mistake at this element. */
    public void problem(String message) {
        problems.add(file, line, message);
    }

    /** A text value. */
    public String string(String key, String fallback) {
        return value(key, fallback, Function.identity());
    }

    /** A text value that must be there and not be empty; nothing where it is not. */
    public String required(String key) {
        var value = find(key);
        value.filter(found -> found.text.isEmpty()).ifPresent(found -> found.problem(key + ": must not be empty"));
        return value.map(Section::text).orElse("");
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

    private Optional<Section> find(String key) {
        var attribute = attributes.get(key);
        if (attribute != null) {
            assert isDescribed(key) : file + ": nothing describes '" + key + "' in <" + name + ">";
            return Optional.of(new Section(place().in(key), attribute, Map.of(), List.of(), problems));
        }
        return child(key);
    }

    private <T> Optional<T> read(String key, Function<String, T> parser) {
        try {
            return Optional.of(parser.apply(text));
        } catch (IllegalArgumentException e) {
            var found = ", found '" + text + "'";
            var said = String.valueOf(e.getMessage());
            problem(key + ": " + said + (said.endsWith(found) ? "" : found));   // some parsers say it themselves
            return Optional.empty();
        }
    }
}
