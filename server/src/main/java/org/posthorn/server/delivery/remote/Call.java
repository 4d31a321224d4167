package org.posthorn.server.delivery.remote;

import org.posthorn.protocols.client.TlsMode;
import org.posthorn.server.delivery.tls.TlsTerms;

/**
 * One address, how it is spoken to, and on which terms of TLS. A connection serves the same call again, and no other:
 * one that was opened on lesser terms never serves who wants better ones.
 */
record Call(Target target, Access access, TlsTerms terms) {

    /** What is done about STARTTLS. */
    TlsMode starttls() {
        return access.security() == Security.IMPLICIT ? TlsMode.NEVER : terms.policy().mode();
    }

    /** The same, in the clear, for a host that offers TLS and cannot do it. */
    Call inTheClear() {
        return new Call(target, access, terms.inTheClear());
    }
}
