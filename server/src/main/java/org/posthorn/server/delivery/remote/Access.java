package org.posthorn.server.delivery.remote;

import java.util.Optional;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.server.delivery.tls.TlsRule;

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

    /** How well connections are to be protected, at least. */
    TlsRule.Want wanted() {
        return switch (security) {
            case NEVER -> TlsRule.Want.NEVER;
            case OPPORTUNISTIC -> TlsRule.Want.OPPORTUNISTIC;
            case REQUIRED, IMPLICIT -> anyCertificate ? TlsRule.Want.ENCRYPTED : TlsRule.Want.REQUIRED;
        };
    }
}
