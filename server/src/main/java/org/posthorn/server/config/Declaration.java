package org.posthorn.server.config;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.w3c.dom.Element;

/**
 * An element or attribute as an XSD of ours declares it.
 *
 * <p>An element holds text, or attributes and further elements in any order ({@code xs:all}, and {@code xs:choice}
 * where
 * one of them may stand several times), or a mailet's own parameters ({@code xs:any}). {@code minOccurs} and
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
        return Stream.concat(text(node), complexType().stream().flatMap(Declaration::text))
            .findFirst().orElse("").strip().replaceAll("\\s+", " ");
    }

    private static Stream<String> text(Element annotated) {
        return children(annotated, "xs:annotation").flatMap(note -> children(note, "xs:documentation"))
            .map(Element::getTextContent);
    }

    /** The only values that it may have; empty when there are others. */
    List<String> choices() {
        var named = Stream.of(schema()).flatMap(schema -> children(schema, "xs:simpleType"))
            .filter(type -> type.getAttribute("name").equals(node.getAttribute("type")));
        return Stream.concat(children(node, "xs:simpleType"), named)
            .flatMap(type -> children(type, "xs:restriction"))
            .flatMap(restriction -> children(restriction, "xs:enumeration"))
            .map(value -> value.getAttribute("value")).toList();
    }

    List<Declaration> attributes() {
        return complexType().stream()
            .flatMap(type -> Stream.concat(Stream.of(type), simpleContent(type)))
            .flatMap(holder -> children(holder, "xs:attribute")).map(Declaration::new).toList();
    }

    List<Declaration> elements() {
        return complexType().stream()
            .flatMap(type -> Stream.concat(children(type, "xs:all"), children(type, "xs:choice")))
            .flatMap(group -> children(group, "xs:element")).map(Declaration::new).toList();
    }

    Optional<Declaration> attribute(String wanted) {
        return attributes().stream().filter(attribute -> attribute.name().equals(wanted)).findFirst();
    }

    Optional<Declaration> element(String wanted) {
        return elements().stream().filter(element -> element.name().equals(wanted)).findFirst();
    }

    /** The attribute or element of that name in this element. */
    Optional<Declaration> find(String wanted) {
        return attribute(wanted).or(() -> element(wanted));
    }

    /** Whether a value stands in it as text. */
    boolean holdsText() {
        return complexType().map(type -> simpleContent(type).findAny().isPresent()).orElse(true);
    }

    /** Whether attributes that are not declared may stand in it. */
    boolean takesAnyAttribute() {
        return complexType().filter(type -> children(type, "xs:anyAttribute").findAny().isPresent()).isPresent();
    }

    /** Whether elements that are not declared may stand in it, with anything in them. */
    boolean takesAnyElement() {
        return complexType().stream().flatMap(type -> children(type, "xs:sequence"))
            .flatMap(sequence -> children(sequence, "xs:any")).findAny().isPresent();
    }

    private Optional<Element> complexType() {
        var named = Stream.of(schema()).flatMap(schema -> children(schema, "xs:complexType"))
            .filter(type -> type.getAttribute("name").equals(node.getAttribute("type")));
        return Stream.concat(children(node, "xs:complexType"), named).findFirst();
    }

    private static Stream<Element> simpleContent(Element complexType) {
        return children(complexType, "xs:simpleContent").flatMap(content -> children(content, "xs:extension"));
    }

    private Element schema() {
        return node.getOwnerDocument().getDocumentElement();
    }

    /** The child elements of that name. */
    static Stream<Element> children(Element parent, String name) {
        var nodes = parent.getChildNodes();
        return IntStream.range(0, nodes.getLength()).mapToObj(nodes::item)
            .filter(Element.class::isInstance).map(Element.class::cast)
            .filter(child -> child.getTagName().equals(name));
    }
}
