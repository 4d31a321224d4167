package org.posthorn.server.cli;

import java.util.Optional;

/**
 * {@code FROM=TO} as people write an alias.
 *
 * @param from not yet checked
 * @param to not yet checked
 */
public record FromTo(String from, String to) {

    /** Splits what was written; empty when it is not of that form. A local part may hold a =, a domain not. */
    public static Optional<FromTo> of(String written) {
        var at = written.indexOf('@');
        var equals = at < 0 ? -1 : written.indexOf('=', at);
        return equals < 0 ? Optional.empty()
            : Optional.of(new FromTo(written.substring(0, equals), written.substring(equals + 1)));
    }
}
