package org.posthorn.server.auth;

import com.google.inject.AbstractModule;
import com.google.inject.Singleton;
import org.posthorn.server.auth.spf.Spf;
import org.posthorn.server.auth.spf.SpfConfig;

/** Checks of senders. Wants {@code Dns} and {@code InstantSource} bound elsewhere. */
public final class AuthModule extends AbstractModule {

    private final AuthConfig config;

    /** Checks as configured. */
    public AuthModule(AuthConfig config) {
        this.config = config;
    }

    @Override protected void configure() {
        bind(SpfConfig.class).toInstance(config.spf());
        bind(Spf.class).in(Singleton.class);
    }
}
