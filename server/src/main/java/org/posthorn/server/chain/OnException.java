package org.posthorn.server.chain;

import java.util.Optional;

/** What is done when a mailet or a matcher throws: {@code onMailetException}, {@code onMatchException}. */
sealed interface OnException {

    /** Go on as if the mailet had done its work. */
    record Ignore() implements OnException {
    }

    /** As if no recipient had matched. */
    record NoMatch() implements OnException {
    }

    /** As if every recipient had matched. */
    record MatchAll() implements OnException {
    }

    /** A fault of the whole run: 451 in session, tried again later after the 250. */
    record Propagate() implements OnException {
    }

    /**
     * The mail goes to that processor, with the error noted on it.
     *
     * @param processor its name; {@code error} by default
     */
    record Divert(String processor) implements OnException {
    }

    /** What {@code onMailetException} says. */
    static OnException ofMailet(String written) {
        return switch (written) {
            case "ignore" -> new Ignore();
            case "propagate" -> new Propagate();
            default -> new Divert(written);
        };
    }

    /** What {@code onMatchException} says. */
    static OnException ofMatch(String written) {
        return switch (written) {
            case "nomatch" -> new NoMatch();
            case "matchall" -> new MatchAll();
            case "propagate" -> new Propagate();
            default -> new Divert(written);
        };
    }

    /** The processor that mails may be sent to. */
    default Optional<String> target() {
        return this instanceof Divert(var processor) ? Optional.of(processor) : Optional.empty();
    }
}
