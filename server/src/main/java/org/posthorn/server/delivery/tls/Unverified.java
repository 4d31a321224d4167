package org.posthorn.server.delivery.tls;

import java.security.cert.CertificateException;

/** A certificate is not what the policy wants; says which way. */
final class Unverified extends CertificateException {

    private static final long serialVersionUID = 1L;

    private final transient Shortcoming shortcoming;

    Unverified(Shortcoming.Type type, String why) {
        super(why);
        this.shortcoming = new Shortcoming(type, why);
    }

    Shortcoming shortcoming() {
        return shortcoming;
    }
}
