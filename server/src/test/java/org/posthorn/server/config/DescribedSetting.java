package org.posthorn.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A setting that an XSD describes, and files with it or without it, for tests.
 *
 * @param elements from the root of the file to the setting's parent
 * @param setting an element that holds a value, or an attribute
 */
public record DescribedSetting(List<Declaration> elements, Declaration setting) {

    /** Copies the list. */
    public DescribedSetting {
        elements = List.copyOf(elements);
    }

    /** All settings of a file. */
    public static List<DescribedSetting> of(String file) {
        var found = new ArrayList<DescribedSetting>();
        collect(List.of(root(file)), found);
        return found;
    }

    /** A file with what must be in it. */
    public static String leastFile(String file) {
        return element(root(file), List.of(), "");
    }

    /** Where it stands, such as {@code delivery/retry/first}. */
    public String path() {
        return elements.stream().map(element -> element.name() + "/").collect(Collectors.joining()) + setting.name();
    }

    /** What the XSD says that holds without it. */
    public Optional<String> defaultValue() {
        return setting.defaultValue();
    }

    /** A value that the XSD says it may have. */
    public Optional<String> example() {
        return setting.example();
    }

    /** The only values that the XSD says it may have; empty when there are others. */
    public List<String> choices() {
        return setting.choices();
    }

    /** A file in which its parent stands, and the setting only if it must. */
    public String file() {
        return element(elements.getFirst(), elements.subList(1, elements.size()), "");
    }

    /** A file in which it has that value. */
    public String file(String value) {
        var written = setting.isAttribute() ? " " + setting.name() + "=\"" + value + "\""
            : "<" + setting.name() + ">" + value + "</" + setting.name() + ">";
        return element(elements.getFirst(), elements.subList(1, elements.size()), written);
    }

    private static Declaration root(String file) {
        return Schema.of(file).flatMap(schema -> schema.root(file.replace(".xml", ""))).orElseThrow();
    }

    private static void collect(List<Declaration> path, List<DescribedSetting> found) {
        path.getLast().attributes().forEach(attribute -> found.add(new DescribedSetting(path, attribute)));
        for (var element : path.getLast().elements()) {
            if (element.holdsText()) {
                found.add(new DescribedSetting(path, element));
            }
            var deeper = new ArrayList<>(path);
            deeper.add(element);
            collect(deeper, found);
        }
    }

    /**
     * An element with what must be in it.
     *
     * @param inside the elements in it that lead to the setting, from outside in
     * @param setting the setting, to be written into the last of them
     */
    private static String element(Declaration declared, List<Declaration> inside, String setting) {
        var here = inside.isEmpty() ? setting : "";
        var attributes = new StringBuilder(here.startsWith(" ") ? here : "");
        for (var attribute : declared.attributes()) {
            if (attribute.isRequired() && !here.startsWith(" " + attribute.name() + "=")) {
                attributes.append(' ').append(attribute.name()).append("=\"").append(sample(attribute)).append('"');
            }
        }
        var content = new StringBuilder(here.startsWith("<") ? here : "");
        if (!inside.isEmpty()) {
            content.append(element(inside.getFirst(), inside.subList(1, inside.size()), setting));
        }
        for (var element : declared.elements()) {
            if (element.isRequired() && content.indexOf("<" + element.name()) != 0) {
                content.append(element(element, List.of(), ""));
            }
        }
        return "<" + declared.name() + attributes + ">" + (declared.holdsText() ? sample(declared) : content)
            + "</" + declared.name() + ">";
    }

    private static String sample(Declaration declared) {
        return declared.example().or(declared::defaultValue).orElseThrow(
            () -> new IllegalStateException(declared.name() + " has neither p:example nor a default"));
    }
}
