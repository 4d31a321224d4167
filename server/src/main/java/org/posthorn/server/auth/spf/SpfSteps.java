package org.posthorn.server.auth.spf;

/** Is told what a check does, step by step: for people who look for a mistake in a record. */
@FunctionalInterface
public interface SpfSteps {

    /**
     * One step.
     *
     * @param depth how many includes and redirects we are in, from 0
     * @param text one line, with what others wrote still as they wrote it
     */
    void step(int depth, String text);

    /** Nobody looks. */
    static SpfSteps none() {
        return (_, _) -> { };
    }
}
