package org.posthorn.server.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used. The message lists every mistake, one a line. */
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /**
     * Tells all mistakes.
     *
     * @param problems at least one
     */
    public ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** The mistakes. */
    public List<Problem> problems() {
        return problems;
    }
}
