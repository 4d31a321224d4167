package org.posthorn.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.configuration2.tree.ImmutableNode;

/**
 * An element or attribute as an XSD of ours declares it.
 *
 * <p>An element holds text, or attributes and further elements in any order ({@code xs:all}, and {@code xs:choice}
 * where one of them may stand several times), or a mailet's own parameters ({@code xs:any}). {@code minOccurs} and
 * {@code maxOccurs} stand at the elements themselves, and count in a choice too, where XSD 1.0 does not look at them.
 * What XSD has no place for are two attributes of ours: {@code p:default}, a default in words, and {@code p:example}.
 */
final class Declaration {

    private final ImmutableNode node;
    private final ImmutableNode schema;

    /**
     * A declaration.
     *
     * @param node {@code xs:element} or {@code xs:attribute}
     * @param schema in which the types that it names are
     */
    Declaration(ImmutableNode node, ImmutableNode schema) {
        this.node = node;
        this.schema = schema;
    }

    String name() {
        return attribute(node, "name");
    }

    boolean isAttribute() {
        return node.getNodeName().equals("xs:attribute");
    }

    /** Whether the file is wrong without it. */
    boolean isRequired() {
        return isAttribute() ? attribute(node, "use").equals("required")
            : !attribute(node, "minOccurs").equals("0");
    }

    /** Whether it may stand more than once. */
    boolean isRepeated() {
        return attribute(node, "maxOccurs").equals("unbounded");
    }

    /** What holds without it; empty where it is required, or where that takes words. */
    Optional<String> defaultValue() {
        return has(node, "default") ? Optional.of(attribute(node, "default")) : Optional.empty();
    }

    /** What holds without it, for people, where it is not one fixed value. */
    Optional<String> defaultInWords() {
        return has(node, "p:default") ? Optional.of(attribute(node, "p:default")) : Optional.empty();
    }

    /** A value that it may have. */
    Optional<String> example() {
        return has(node, "p:example") ? Optional.of(attribute(node, "p:example")) : Optional.empty();
    }

    /** What it means, for people. */
    String documentation() {
        var own = text(node);
        return (own.isEmpty() ? complexType().map(Declaration::text).orElse("") : own).strip().replaceAll("\\s+", " ");
    }

    private static String text(ImmutableNode annotated) {
        return child(annotated, "xs:annotation").flatMap(note -> child(note, "xs:documentation"))
            .map(ImmutableNode::getValue).map(Object::toString).orElse("");
    }

    /** The only values that it may have; empty when there are others. */
    List<String> choices() {
        return child(node, "xs:simpleType").or(() -> named("xs:simpleType"))
            .flatMap(type -> child(type, "xs:restriction")).stream()
            .flatMap(restriction -> children(restriction, "xs:enumeration").stream())
            .map(value -> attribute(value, "value")).toList();
    }

    List<Declaration> attributes() {
        return declarations(attributeNodes());
    }

    List<Declaration> elements() {
        return declarations(elementNodes());
    }

    private List<Declaration> declarations(List<ImmutableNode> nodes) {
        var declarations = new ArrayList<Declaration>();
        for (var found : nodes) {
            declarations.add(new Declaration(found, schema));
        }
        return declarations;
    }

    private List<ImmutableNode> attributeNodes() {
        var type = complexType();
        if (type.isEmpty()) {
            return List.of();
        }
        return children(simpleContent(type.get()).orElse(type.get()), "xs:attribute");
    }

    private List<ImmutableNode> elementNodes() {
        var type = complexType();
        if (type.isEmpty()) {
            return List.of();
        }
        var group = child(type.get(), "xs:all").or(() -> child(type.get(), "xs:choice"));
        return group.isPresent() ? children(group.get(), "xs:element") : List.of();
    }

    Optional<Declaration> attribute(String wanted) {
        return named(wanted, attributeNodes());
    }

    Optional<Declaration> element(String wanted) {
        return named(wanted, elementNodes());
    }

    private Optional<Declaration> named(String wanted, List<ImmutableNode> nodes) {
        for (var found : nodes) {
            if (attribute(found, "name").equals(wanted)) {
                return Optional.of(new Declaration(found, schema));
            }
        }
        return Optional.empty();
    }

    /** The attribute or element of that name in this element. */
    Optional<Declaration> find(String wanted) {
        return attribute(wanted).or(() -> element(wanted));
    }

    /** Whether a value stands in it as text. */
    boolean holdsText() {
        var type = complexType();
        return type.isEmpty() || simpleContent(type.get()).isPresent();
    }

    /** Whether attributes that are not declared may stand in it. */
    boolean takesAnyAttribute() {
        return complexType().flatMap(type -> child(type, "xs:anyAttribute")).isPresent();
    }

    /** Whether elements that are not declared may stand in it, with anything in them. */
    boolean takesAnyElement() {
        return complexType().flatMap(type -> child(type, "xs:sequence")).flatMap(all -> child(all, "xs:any"))
            .isPresent();
    }

    private Optional<ImmutableNode> complexType() {
        var own = child(node, "xs:complexType");
        return own.isPresent() || !has(node, "type") ? own : named("xs:complexType");
    }

    private static Optional<ImmutableNode> simpleContent(ImmutableNode complexType) {
        return child(complexType, "xs:simpleContent").flatMap(content -> child(content, "xs:extension"));
    }

    /** The type of this schema that the declaration names. */
    private Optional<ImmutableNode> named(String kind) {
        for (var type : children(schema, kind)) {
            if (attribute(type, "name").equals(attribute(node, "type"))) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    private static Optional<ImmutableNode> child(ImmutableNode parent, String name) {
        return children(parent, name).stream().findFirst();
    }

    /** The child elements of that name. */
    static List<ImmutableNode> children(ImmutableNode parent, String name) {
        var found = new ArrayList<ImmutableNode>();
        for (var child : parent) {
            if (child.getNodeName().equals(name)) {
                found.add(child);
            }
        }
        return found;
    }

    private static boolean has(ImmutableNode element, String name) {
        return element.getAttributes().containsKey(name);
    }

    /** An attribute; empty where there is none. */
    private static String attribute(ImmutableNode element, String name) {
        return String.valueOf(element.getAttributes().getOrDefault(name, ""));
    }
}
