package org.posthorn.server.cli;

import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

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
}
