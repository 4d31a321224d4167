package org.posthorn.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.configuration2.ex.ConfigurationException;
import org.apache.commons.configuration2.io.FileHandler;
import org.apache.commons.configuration2.tree.ImmutableNode;

/**
 * Reads one XML file of conf/ into {@link Section sections}, and notes what its XSD does not allow: unknown names,
 * elements in the wrong place, there twice, or missing. The values are told by those who read them.
 */
public final class ConfigFile {

    private ConfigFile() {
    }

    /**
     * Reads the file.
     *
     * @param root the root element it must have
     * @return empty when the file cannot be read as XML; why is among the problems then
     */
    public static Optional<Section> read(Path file, String root, Problems problems) {
        return read(file, root, root, new NodeReader(), problems);
    }

    /** The same by a reader that there is already. */
    public static Optional<Section> read(Path file, String root, NodeReader reader, Problems problems) {
        return read(file, root, root, reader, problems);
    }

    /** Reads a file that may have another root element as well. */
    public static Optional<Section> read(Path file, String root, String other, Problems problems) {
        return read(file, root, other, new NodeReader(), problems);
    }

    private static Optional<Section> read(Path file, String root, String other, NodeReader reader, Problems problems) {
        try (var in = Files.newInputStream(file)) {
            return read(file.getFileName().toString(), in, List.of(root, other), reader, problems);
        } catch (NoSuchFileException e) {
            problems.add(file.getFileName().toString(), 0, "is missing; expected it at " + file);
        } catch (IOException e) {
            problems.add(file.getFileName().toString(), 0, "cannot be read: " + e.getMessage());
        }
        return Optional.empty();
    }

    /** What stands for a file that cannot be read: nothing in it, so that every default holds, and nothing to tell. */
    public static Section empty(String file, String root) {
        return new Section(new Section.Place(file, 0, root, Optional.empty()), "", Map.of(), List.of(), new Problems());
    }

    /** Reads XML from a stream; {@code file} names it in problems, and says which schema holds. */
    public static Optional<Section> read(String file, InputStream in, String root, Problems problems) {
        return read(file, in, List.of(root), new NodeReader(), problems);
    }

    private static Optional<Section> read(String file, InputStream in, List<String> roots, NodeReader nodes,
                                          Problems problems) {
        var configuration = new WrittenConfiguration(nodes);
        try {
            new FileHandler(configuration).load(in);
        } catch (ConfigurationException e) {
            problems.add(file, nodes.errorLine(), nodes.errorText().orElse(String.valueOf(e.getMessage())));
            return Optional.empty();
        }
        var tree = configuration.getNodeModel().getInMemoryRepresentation();
        var root = tree.getNodeName();
        if (!roots.contains(root)) {
            problems.add(file, line(tree),
                "expected the root element <" + roots.getFirst() + ">, found <" + root + ">");
            return Optional.empty();
        }
        var schema = Schema.of(file, nodes);
        var declared = schema.flatMap(known -> known.root(root));
        var section = section(new Section.Place(file, line(tree), root, declared), tree, problems);
        schema.ifPresent(known -> declared.ifPresent(element -> new SchemaCheck(known).check(section, element)));
        return Optional.of(section);
    }

    private static Section section(Section.Place place, ImmutableNode node, Problems problems) {
        var attributes = new LinkedHashMap<String, String>();
        node.getAttributes().forEach((key, value) -> {
            if (!key.equals(NodeReader.LINE) && !key.contains(":")) {
                attributes.put(key, String.valueOf(value));
            }
        });
        var children = new ArrayList<Section>();
        for (var child : node.getChildren()) {
            var declared = place.declared().flatMap(parent -> parent.element(child.getNodeName()));
            children.add(section(new Section.Place(place.file(), line(child), child.getNodeName(), declared), child,
                problems));
        }
        var text = node.getValue() == null ? "" : node.getValue().toString().strip();
        return new Section(place, text, attributes, children, problems);
    }

    private static int line(ImmutableNode node) {
        return node.getAttributes().get(NodeReader.LINE) instanceof Integer line ? line : 0;
    }
}
