package org.posthorn.server.fetch;

/** Who runs errands. Thread-safe. */
@FunctionalInterface
public interface Errands {

    /** Runs one, which may take as long as its mail does; does not throw for what the far side does. */
    Report run(Errand errand);
}
