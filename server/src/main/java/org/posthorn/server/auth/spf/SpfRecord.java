package org.posthorn.server.auth.spf;

import java.util.List;
import java.util.Optional;

/**
 * A domain's record, read (RFC 7208 section 4.6.1).
 *
 * @param directives in order
 * @param redirect whose record counts when no directive matches
 * @param explanation where the text for those who fail is found
 */
record SpfRecord(List<Directive> directives, Optional<MacroString> redirect, Optional<MacroString> explanation) {

    SpfRecord {
        directives = List.copyOf(directives);
    }

    /**
     * A mechanism and what it means when it matches.
     *
     * @param result pass, fail, softfail or neutral
     * @param text the term as it stands in the record, without its qualifier
     */
    record Directive(SpfResult result, Mechanism mechanism, String text) {
    }
}
