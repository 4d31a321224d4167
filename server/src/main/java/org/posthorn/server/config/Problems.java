package org.posthorn.server.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects mistakes, so that all of them are told at once. Used by one thread, while files are read. */
public final class Problems {

    private final List<Problem> found = new ArrayList<>();

    /** Notes a mistake. */
    public void add(String file, int line, String message) {
        found.add(new Problem(file, line, message));
    }

    /** Notes mistakes that another thread has found. */
    public void addAll(Problems others) {
        found.addAll(others.found);
    }

    /** Whether there is nothing to complain of. */
    public boolean isEmpty() {
        return found.isEmpty();
    }

    /** All mistakes, by file and line. */
    public List<Problem> all() {
        return found.stream().sorted(Comparator.comparing(Problem::file).thenComparingInt(Problem::line)).toList();
    }
}
