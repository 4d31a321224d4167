package org.posthorn.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.w3c.dom.Element;

/**
 * An element or attribute as an XSD of ours declares it.
 *
 * <p>An element holds text, or attributes and further elements in any order ({@code xs:all}, and {@code xs:choice}
 * where one of them may stand several times), or a mailet's own parameters ({@code xs:any}). {@code minOccurs} and
 * {@code maxOccurs} stand at the elements themselves, and count in a choice too, where XSD 1.0 does not look at them.
 * What XSD has no place for are two attributes of ours: {@code p:default}, a default in words, and {@code p:example}.
 */
final class Declaration {

    private final Element node;

    /**
     * A declaration.
     *
     * @param node {@code xs:element} or {@code xs:attribute}
     */
    Declaration(Element node) {
        this.node = node;
    }

    String name() {
        return node.getAttribute("name");
    }

    boolean isAttribute() {
        return node.getTagName().equals("xs:attribute");
    }

    /** Whether the file is wrong without it. */
    boolean isRequired() {
        return isAttribute() ? node.getAttribute("use").equals("required")
            : !node.getAttribute("minOccurs").equals("0");
    }

    /** Whether it may stand more than once. */
    boolean isRepeated() {
        return node.getAttribute("maxOccurs").equals("unbounded");
    }

    /** What holds without it; empty where it is required, or where that takes words. */
    Optional<String> defaultValue() {
        return node.hasAttribute("default") ? Optional.of(node.getAttribute("default")) : Optional.empty();
    }

    /** What holds without it, for people, where it is not one fixed value. */
    Optional<String> defaultInWords() {
        return node.hasAttribute("p:default") ? Optional.of(node.getAttribute("p:default")) : Optional.empty();
    }

    /** A value that it may have. */
    Optional<String> example() {
        return node.hasAttribute("p:example") ? Optional.of(node.getAttribute("p:example")) : Optional.empty();
    }

    /** What it means, for people. */
    String documentation() {
        var own = text(node);
        return (own.isEmpty() ? complexType().map(Declaration::text).orElse("") : own).strip().replaceAll("\\s+", " ");
    }

    private static String text(Element annotated) {
        return child(annotated, "xs:annotation").flatMap(note -> child(note, "xs:documentation"))
            .map(Element::getTextContent).orElse("");
    }

    /** The only values that it may have; empty when there are others. */
    List<String> choices() {
        return child(node, "xs:simpleType").or(() -> named("xs:simpleType"))
            .flatMap(type -> child(type, "xs:restriction")).stream()
            .flatMap(restriction -> children(restriction, "xs:enumeration").stream())
            .map(value -> value.getAttribute("value")).toList();
    }

    List<Declaration> attributes() {
        return declarations(attributeNodes());
    }

    List<Declaration> elements() {
        return declarations(elementNodes());
    }

    private static List<Declaration> declarations(List<Element> nodes) {
        var declarations = new ArrayList<Declaration>();
        for (var found : nodes) {
            declarations.add(new Declaration(found));
        }
        return declarations;
    }

    private List<Element> attributeNodes() {
        var type = complexType();
        if (type.isEmpty()) {
            return List.of();
        }
        return children(simpleContent(type.get()).orElse(type.get()), "xs:attribute");
    }

    private List<Element> elementNodes() {
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

    private static Optional<Declaration> named(String wanted, List<Element> nodes) {
        for (var found : nodes) {
            if (found.getAttribute("name").equals(wanted)) {
                return Optional.of(new Declaration(found));
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

    private Optional<Element> complexType() {
        var own = child(node, "xs:complexType");
        return own.isPresent() || !node.hasAttribute("type") ? own : named("xs:complexType");
    }

    private static Optional<Element> simpleContent(Element complexType) {
        return child(complexType, "xs:simpleContent").flatMap(content -> child(content, "xs:extension"));
    }

    /** The type of this schema that the declaration names. */
    private Optional<Element> named(String kind) {
        for (var type : children(node.getOwnerDocument().getDocumentElement(), kind)) {
            if (type.getAttribute("name").equals(node.getAttribute("type"))) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    private static Optional<Element> child(Element parent, String name) {
        return children(parent, name).stream().findFirst();
    }

    /** The child elements of that name. */
    static List<Element> children(Element parent, String name) {
        var found = new ArrayList<Element>();
        for (var child = parent.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element element && element.getTagName().equals(name)) {
                found.add(element);
            }
        }
        return found;
    }
}
