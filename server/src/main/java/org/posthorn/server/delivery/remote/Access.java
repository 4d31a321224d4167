package org.posthorn.server.delivery.remote;

import java.util.Optional;
import org.posthorn.protocols.client.TlsMode;

/**
 * How a host is spoken to.
 *
 * @param anyCertificate whether its certificate need not be good where one is asked for
 * @param login as whom; empty for a stranger
 */
public record Access(Security security, boolean anyCertificate, Optional<Login> login) {

    /** As a stranger. */
    public static Access of(TlsMode tls) {
        return new Access(Security.of(tls), false, Optional.empty());
    }

    /** Whether its certificate is looked at. */
    boolean isChecked() {
        return security.isCertain() && !anyCertificate;
    }

    /** The same, in the clear, for a host that offers TLS and cannot do it. */
    Access inClear() {
        return new Access(Security.NEVER, anyCertificate, login);
    }
}
