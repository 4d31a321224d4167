package org.posthorn.server.listen;

import jakarta.inject.Inject;
import java.security.SecureRandom;
import org.posthorn.protocols.sasl.Mechanisms;
import org.posthorn.protocols.sasl.Secrets;
import org.posthorn.server.config.ServerConfig;

/** How those log in who fetch mail: as all users, or by a secret of their own. */
final class OdmrMechanisms {

    private final Mechanisms mechanisms;

    @Inject OdmrMechanisms(Mechanisms users, Secrets secrets, ServerConfig server, SecureRandom random) {
        this.mechanisms = users.andCramMd5(secrets, server.hostname(), random);
    }

    Mechanisms all() {
        return mechanisms;
    }
}
