package org.posthorn.protocols.address;

import java.util.Optional;

/**
 * What came of parsing an address.
 *
 * @param <T> what was asked for
 */
public sealed interface AddressResult<T> {

    /**
     * It parsed.
     *
     * @param rest what follows it in the text; empty when all of it was the address
     */
    record Good<T>(T value, String rest) implements AddressResult<T> {
    }

    /**
     * It did not.
     *
     * @param problem what kind of reply fits
     * @param why for people: what was expected
     */
    record Bad<T>(Problem problem, String why) implements AddressResult<T> {
    }

    /** What is wrong with an address. */
    enum Problem {
        /** The grammar of RFC 5321 section 4.1.2 does not allow it. */
        SYNTAX,
        /** It is not ASCII, and SMTPUTF8 was not asked for (RFC 6531 section 3.5): 553 5.6.7. */
        NEEDS_SMTPUTF8
    }

    /** The value, when it parsed. */
    default Optional<T> toOptional() {
        return switch (this) {
            case Good<T>(var value, _) -> Optional.of(value);
            case Bad<T> _ -> Optional.empty();
        };
    }
}
