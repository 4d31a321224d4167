package org.posthorn.server.cli;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One run of {@code posthorn}.
 *
 * @param code the exit code
 * @param out what it printed
 * @param err what it complained of
 */
record Invocation(int code, String out, String err) {

    /** Runs it with that standard input. */
    static Invocation of(String input, List<String> arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        var code = PosthornCommand.commandLine(new Terminal(in, new PrintWriter(out), new PrintWriter(err)),
            arguments).execute(arguments.toArray(String[]::new));
        return new Invocation(code, out.toString(), err.toString());
    }
}
