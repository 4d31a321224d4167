package org.posthorn.server.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Where a command reads and writes.
 *
 * @param in for passwords
 * @param out for answers
 * @param err for what went wrong
 */
public record Terminal(InputStream in, PrintWriter out, PrintWriter err) {

    /** The process's own. */
    public static Terminal system() {
        return new Terminal(System.in, new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    }

    /** Whether a person sees this process's output as it is written, and a line can be written anew. */
    boolean isScreen() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    }

    /**
     * A password from standard input, one line.
     *
     * @throws CommandException when there is none
     */
    String password() {
        try {
            var line = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
            if (line == null || line.isEmpty()) {
                throw new CommandException("standard input has no password; expected it on one line");
            }
            return line;
        } catch (IOException e) {
            throw new CommandException("standard input cannot be read: " + e.getMessage(), e);
        }
    }
}
