package org.posthorn.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.commons.configuration2.tree.ImmutableNode;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * What may stand in one file of conf/, as the XSD beside it says.
 *
 * <p>The XSD is read as the XML that it is, by the parser of the files themselves, and asked by {@link SchemaCheck}.
 * The JDK's validator is not used: it tells the first mistake of an element only, in words for programmers. A test
 * shows that both agree. What we understand of XSD is what {@link Declaration} asks for; another test refuses
 * everything else.
 */
final class Schema {

    private static final String FOLDER = "/org/posthorn/server/conf/";
    private static final int DEEPEST = 4;   // matchers hold matchers, without end

    private final ImmutableNode schema;

    Schema(ImmutableNode schema) {
        this.schema = schema;
    }

    /**
     * The schema of a file.
     *
     * @param file its name, such as {@code dns.xml}
     * @return empty where there is none
     */
    static Optional<Schema> of(String file) {
        return of(file, new NodeReader());
    }

    /** The same, read by a parser that there is already. */
    static Optional<Schema> of(String file, NodeReader parser) {
        var name = FOLDER + file.replaceFirst("\\.xml$", "") + ".xsd";
        try (InputStream in = Schema.class.getResourceAsStream(name)) {
            return in == null ? Optional.empty() : Optional.of(
                new Schema(parser.read(new InputSource(in))));
        } catch (IOException | SAXException e) {
            throw new IllegalStateException(name + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** What may be the file's outermost element. */
    List<Declaration> roots() {
        return Declaration.children(schema, "xs:element").stream().map(root -> new Declaration(root, schema)).toList();
    }

    /** The outermost element of that name. */
    Optional<Declaration> root(String name) {
        return roots().stream().filter(root -> root.name().equals(name)).findFirst();
    }

    /** The names of all elements in which an element or attribute of that name may stand, in alphabetical order. */
    SortedSet<String> homesOf(String name) {
        var homes = new TreeSet<String>();
        roots().forEach(root -> search(root, name, homes, DEEPEST));
        return homes;
    }

    private static void search(Declaration declaration, String name, Set<String> homes, int depth) {
        if (declaration.find(name).isPresent()) {
            homes.add(declaration.name());
        }
        if (depth > 0) {
            declaration.elements().forEach(element -> search(element, name, homes, depth - 1));
        }
    }
}
