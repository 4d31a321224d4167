package org.posthorn.server.delivery.tls;

import org.posthorn.server.delivery.Outcome;

/** Whether a host may have mail of a domain, and how. */
public sealed interface Plan {

    /** What the answer rests on. */
    Basis basis();

    /** On these terms. */
    record Go(TlsTerms terms, Basis basis) implements Plan {
    }

    /** Not this host; what its recipients get if no other one may. */
    record Not(Outcome outcome, Basis basis) implements Plan {
    }
}
