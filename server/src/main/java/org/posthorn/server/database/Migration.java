package org.posthorn.server.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One step of the schema: the resource {@code NNNN-name.sql} beside this class. Once released it is never changed; what
 * comes later is a new number.
 *
 * @param number from 1, without gaps
 * @param name whose tables, in lower case
 */
record Migration(int number, String name) {

    /** The statements of the resource. */
    List<String> statements() {
        var resource = "%04d-%s.sql".formatted(number, name);
        try (var in = Migration.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the migration " + resource + " is missing from this build");
            }
            return split(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("the migration " + resource + " cannot be read", e);
        }
    }

    /**
     * Splits a script at its semicolons. Semicolons and dashes within quotes are text; {@code --} begins a comment that
     * ends with its line.
     */
    static List<String> split(String script) {
        var statements = new ArrayList<String>();
        var statement = new StringBuilder();
        var quote = '\0';
        for (var i = 0; i < script.length(); i++) {
            var c = script.charAt(i);
            if (quote != '\0') {
                quote = c == quote ? '\0' : quote;
                statement.append(c);
            } else if (c == '-' && script.startsWith("--", i)) {
                var end = script.indexOf('\n', i);
                i = end < 0 ? script.length() : end - 1;
            } else if (c == ';') {
                add(statements, statement);
            } else {
                quote = c == '\'' || c == '"' ? c : '\0';
                statement.append(c);
            }
        }
        if (quote != '\0') {
            throw new IllegalArgumentException("the script ends within a quoted text");
        }
        add(statements, statement);
        return statements;
    }

    private static void add(List<String> statements, StringBuilder statement) {
        if (!statement.toString().isBlank()) {
            statements.add(statement.toString().strip());
        }
        statement.setLength(0);
    }
}
