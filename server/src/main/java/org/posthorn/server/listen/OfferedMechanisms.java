package org.posthorn.server.listen;

import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.security.SecureRandom;
import org.posthorn.protocols.sasl.Authenticator;
import org.posthorn.protocols.sasl.Mechanisms;

/** The mechanisms of AUTH, over our users. */
final class OfferedMechanisms implements Provider<Mechanisms> {

    private final Authenticator users;
    private final SecureRandom random;

    @Inject OfferedMechanisms(Authenticator users, SecureRandom random) {
        this.users = users;
        this.random = random;
    }

    @Override public Mechanisms get() {
        return Mechanisms.of(users, random);
    }
}
