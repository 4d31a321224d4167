package org.posthorn.server.auth.spf;

/** What reading a piece of a record came to. */
sealed interface Parsed<T> {

    /** It is good. */
    record Good<T>(T value) implements Parsed<T> {
    }

    /**
     * It breaks the grammar.
     *
     * @param why one line
     */
    record Bad<T>(String why) implements Parsed<T> {
    }
}
