package org.posthorn.server.config;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Holds a file against its schema, and tells what is unknown, missing, in the wrong place or there twice. What a value
 * may be, the records tell that read it: so that nothing is told twice.
 */
final class SchemaCheck {

    private final Schema schema;

    SchemaCheck(Schema schema) {
        this.schema = schema;
    }

    /** Notes what is wrong with the element and all that stands in it. */
    void check(Section section, Declaration declared) {
        var meant = new HashSet<String>();
        for (var attribute : section.attributes().keySet()) {
            if (declared.attribute(attribute).isEmpty() && !declared.takesAnyAttribute()) {
                section.problem("<" + section.name() + "> has no attribute '" + attribute + "'"
                    + advice(declared, attribute, meant));
            }
        }
        var seen = new HashMap<String, Integer>();
        for (var child : section.children()) {
            var place = declared.element(child.name());
            if (place.isPresent()) {
                count(section, child, place.get(), seen);
                check(child, place.get());
            } else if (!declared.takesAnyElement()) {
                child.problem("<" + section.name() + "> has no element <" + child.name() + ">"
                    + advice(declared, child.name(), meant));
            }
        }
        missing(section, declared, seen.keySet(), meant);
        if (!section.text().isEmpty() && !declared.holdsText()) {
            section.problem("<" + section.name() + "> holds no text, but '" + section.text() + "' stands in it");
        }
    }

    private static void count(Section parent, Section child, Declaration declared, Map<String, Integer> seen) {
        if (seen.merge(child.name(), 1, Integer::sum) == 2 && !declared.isRepeated()) {
            child.problem("<" + child.name() + "> stands a second time in <" + parent.name() + ">; keep one");
        }
    }

    /** Tells what is not there, unless something else is there that was meant for it. */
    private static void missing(Section section, Declaration declared, Set<String> elements, Set<String> meant) {
        Stream.concat(declared.attributes().stream(), declared.elements().stream())
            .filter(Declaration::isRequired)
            .filter(needed -> !meant.contains(needed.name()))
            .filter(needed -> needed.isAttribute() ? !section.attributes().containsKey(needed.name())
                : !elements.contains(needed.name()))
            .forEach(needed -> section.problem("<" + section.name() + "> needs " + written(needed)));
    }

    /**
     * What to do about an unknown name.
     *
     * @param meant gets the name that was meant
     */
    private String advice(Declaration declared, String unknown, Set<String> meant) {
        var other = declared.find(unknown);
        if (other.isPresent()) {
            meant.add(unknown);
            return other.get().isAttribute() ? "; it is an attribute: " + unknown + "=\"...\""
                : "; it is an element: <" + unknown + ">...</" + unknown + ">";
        }
        var homes = schema.homesOf(unknown);
        if (!homes.isEmpty()) {
            return "; it belongs in <" + String.join("> or <", homes) + ">";
        }
        var near = nearest(declared, unknown);
        near.ifPresent(found -> meant.add(found.name()));
        return near.map(found -> "; did you mean " + written(found) + "?").orElseGet(() -> known(declared));
    }

    private static Optional<Declaration> nearest(Declaration declared, String unknown) {
        var names = all(declared).map(Declaration::name).toList();
        return Spelling.nearest(unknown, names).flatMap(declared::find);
    }

    private static String known(Declaration declared) {
        var names = all(declared).map(SchemaCheck::written).toList();
        return names.isEmpty() ? "" : "; it knows " + String.join(", ", names);
    }

    private static Stream<Declaration> all(Declaration declared) {
        return Stream.of(declared.attributes(), declared.elements()).flatMap(List::stream);
    }

    private static String written(Declaration declared) {
        return declared.isAttribute() ? declared.name() + "=\"...\"" : "<" + declared.name() + ">";
    }
}
