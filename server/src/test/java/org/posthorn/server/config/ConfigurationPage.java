package org.posthorn.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The reference part of docs/configuration.md, made from the XSDs: each file a section, each element a table. */
final class ConfigurationPage {

    private final StringBuilder text = new StringBuilder();

    /** Adds the section of a file. */
    ConfigurationPage file(String file) {
        var root = Schema.of(file).flatMap(schema -> schema.root(file.replace(".xml", ""))).orElseThrow();
        text.append("\n## ").append(file).append("\n\n").append(sentence(root)).append('\n');
        table(settings(root));
        groups(root, "");
        return this;
    }

    @Override public String toString() {
        return text.toString();
    }

    private void groups(Declaration parent, String path) {
        for (var group : parent.elements()) {
            if (!isSetting(group) && !path.contains("<" + group.name() + ">")) {   // matchers hold matchers
                text.append("\n`").append(path).append(tag(group)).append('`').append(often(group)).append(": ")
                    .append(sentence(group)).append('\n');
                table(settings(group));
                groups(group, path + "<" + group.name() + ">");
            }
        }
    }

    private void table(List<Declaration> settings) {
        if (!settings.isEmpty()) {
            text.append("\n| setting | default | |\n|---|---|---|\n");
            settings.forEach(setting -> text.append(row(setting)));
        }
    }

    private static String row(Declaration setting) {
        var name = setting.isAttribute() ? setting.name() + "=" : "<" + setting.name() + ">";
        return "| `" + name + "`" + often(setting) + " | " + standard(setting) + " | "
            + (sentence(setting) + choices(setting) + example(setting)).replace("|", "\\|") + " |\n";
    }

    private static String often(Declaration declaration) {
        return declaration.isRepeated() ? declaration.isRequired() ? ", one or more" : ", any number" : "";
    }

    private static String standard(Declaration setting) {
        if (setting.isRequired()) {
            return "must be given";
        }
        return setting.defaultInWords()
            .or(() -> setting.defaultValue().map(value -> value.isEmpty() ? "empty" : "`" + value + "`")).orElse("");
    }

    private static String choices(Declaration setting) {
        return setting.choices().isEmpty() ? "" : " One of "
            + setting.choices().stream().map(choice -> "`" + choice + "`").collect(Collectors.joining(", ")) + ".";
    }

    private static String example(Declaration setting) {
        return setting.choices().isEmpty() && setting.defaultValue().isEmpty()
            ? setting.example().map(value -> " Such as `" + value + "`.").orElse("") : "";
    }

    /** The documentation, with links to the pages that it names. */
    private static String sentence(Declaration declaration) {
        return declaration.documentation().replaceAll("(\\w+) \\(docs/([\\w/-]*)\\1\\.md\\)", "[$1]($2$1.md)")
            .replaceAll("docs/([\\w/-]+/)?([\\w-]+)\\.md", "[$2]($1$2.md)");
    }

    private static String tag(Declaration group) {
        return "<" + group.name() + group.attributes().stream().filter(Declaration::isRequired)
            .map(attribute -> " " + attribute.name() + "=").collect(Collectors.joining()) + ">";
    }

    private static List<Declaration> settings(Declaration group) {
        var settings = new ArrayList<>(group.attributes());
        settings.addAll(group.elements().stream().filter(ConfigurationPage::isSetting).toList());
        return settings;
    }

    /** Whether it is a value and no more; one with attributes beside its value gets a table of its own. */
    private static boolean isSetting(Declaration element) {
        return element.holdsText() && Stream.concat(element.attributes().stream(), element.elements().stream())
            .findAny().isEmpty();
    }
}
