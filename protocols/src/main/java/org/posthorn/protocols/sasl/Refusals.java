package org.posthorn.protocols.sasl;

import org.posthorn.protocols.sasl.Mechanism.Step.Failure;
import org.posthorn.protocols.wire.Reply;

/** How exchanges fail (RFC 4954 section 6). */
final class Refusals {

    private Refusals() {
    }

    /** One text for all reasons, so that nothing is learned of who exists. */
    static Failure denied(String detail) {
        return new Failure(Reply.of(535, "5.7.8", "Authentication credentials invalid"), detail);
    }

    static Failure malformed(String detail) {
        return new Failure(Reply.of(501, "5.5.2", "Malformed authentication response"), detail);
    }

    static Failure unavailable(String detail) {
        return new Failure(Reply.of(454, "4.7.0", "Authentication is not possible now, try again later"), detail);
    }
}
