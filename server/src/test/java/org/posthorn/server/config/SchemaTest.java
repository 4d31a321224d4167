package org.posthorn.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import org.apache.commons.configuration2.tree.ImmutableNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** The XSDs in conf/ are good ones to the JDK's validator, as to any editor, and say no more than we understand. */
class SchemaTest {

    private static final Path CONF = Path.of("..", "conf");

    /** What {@link Declaration} looks at, and what is for editors alone: the form of a value. */
    private static final Set<String> UNDERSTOOD = Set.of("xs:schema", "xs:include", "xs:annotation", "xs:documentation",
        "xs:element", "xs:attribute", "xs:complexType", "xs:all", "xs:choice", "xs:simpleContent", "xs:extension",
        "xs:anyAttribute", "xs:any", "xs:sequence", "xs:simpleType", "xs:restriction", "xs:enumeration", "xs:pattern",
        "xs:minInclusive", "xs:maxInclusive");

    private static final String ROOTS =
        "server|listeners|intake|relay|processors|pipeline|delivery|bounce|dns|spool|users|admin";

    static Stream<Path> schemas() throws IOException {
        try (var files = Files.list(CONF)) {
            return files.filter(file -> file.toString().endsWith(".xsd")).sorted().toList().stream();
        }
    }

    static Stream<Path> files() throws IOException {
        try (var files = Files.list(CONF)) {
            return files.filter(file -> file.toString().endsWith(".xml") && !file.endsWith("logback.xml")).sorted()
                .toList().stream();
        }
    }

    private static javax.xml.validation.Schema compile(Path schema) throws SAXException {
        return SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI).newSchema(schema.toFile());
    }

    private static Path schemaOf(Path file) {
        return CONF.resolve(file.getFileName().toString().replace(".xml", ".xsd"));
    }

    @ParameterizedTest @MethodSource("schemas")
    void theJdkTakesIt(Path schema) {
        assertThatCode(() -> compile(schema)).doesNotThrowAnyException();
    }

    @ParameterizedTest @MethodSource("schemas")
    void itHoldsOnlyWhatIsUnderstood(Path schema) throws Exception {
        for (var element : all(read(schema))) {
            assertThat(element.getNodeName()).isIn(UNDERSTOOD);
            assertThat(element.getAttributes()).as("a reference").doesNotContainKey("ref");
        }
    }

    @ParameterizedTest @MethodSource("schemas")
    void everyElementAndAttributeIsExplained(Path schema) throws Exception {
        var tree = read(schema);
        for (var element : all(tree)) {
            if (Set.of("xs:element", "xs:attribute").contains(element.getNodeName())) {
                var declaration = new Declaration(element, tree);
                assertThat(declaration.documentation()).as(declaration.name()).isNotEmpty();
                assertThat(declaration.isRequired() && declaration.defaultValue().isPresent())
                    .as(declaration.name() + " is required, and has a default").isFalse();
            }
        }
    }

    @ParameterizedTest @MethodSource("files")
    void theFileNamesItsSchemaForEditorsAndKeepsIt(Path file) throws Exception {
        assertThat(Files.readString(file))
            .contains("xsi:noNamespaceSchemaLocation=\"" + schemaOf(file).getFileName() + "\"");
        compile(schemaOf(file)).newValidator().validate(new StreamSource(file.toFile()));
    }

    static Stream<Arguments> mistakes() {
        return SchemaCheckTest.mistakes();
    }

    /** Except that XSD 1.0 cannot count in a choice. */
    @ParameterizedTest @MethodSource("mistakes")
    void whatWeRefuseTheJdkRefuses(String root, String xml, String told) throws SAXException {
        var validator = compile(CONF.resolve(root + ".xsd")).newValidator();
        if (!told.contains("a second time") && !told.contains("needs <listener>")) {
            assertThatThrownBy(() -> validator.validate(new StreamSource(new StringReader(xml))))
                .isInstanceOf(SAXException.class);
        }
    }

    static Stream<String> examples() throws IOException {
        try (var pages = Files.walk(Path.of("..", "docs"))) {
            var block = Pattern.compile("```xml\\n(<(" + ROOTS + ")>.*?)```", Pattern.DOTALL);
            return pages.filter(page -> page.toString().endsWith(".md")).sorted()
                .flatMap(page -> block.matcher(text(page)).results()).map(found -> found.group(1)).toList().stream();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest @MethodSource("examples")
    void examplesInTheDocumentationAreGood(String example) {
        assertThat(SchemaCheckTest.told(example.substring(1, example.indexOf('>')), example)).isEmpty();
    }

    private static ImmutableNode read(Path schema) throws IOException, SAXException {
        try (var in = Files.newInputStream(schema)) {
            return new NodeReader().read(new InputSource(in));
        }
    }

    private static List<ImmutableNode> all(ImmutableNode element) {
        return Stream.concat(Stream.of(element), element.getChildren().stream().flatMap(child -> all(child).stream()))
            .toList();
    }
}
