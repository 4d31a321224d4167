package org.posthorn.server.auth.spf;

/** What testing a mechanism came to. */
sealed interface Match {

    /** It matches. */
    record Yes() implements Match {
    }

    /** It does not; the next one is tested. */
    record No() implements Match {
    }

    /**
     * The check ends here.
     *
     * @param result temperror or permerror
     */
    record Over(SpfResult result, String problem) implements Match {
    }
}
