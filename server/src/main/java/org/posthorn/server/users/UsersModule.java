package org.posthorn.server.users;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.Multibinder;
import jakarta.inject.Singleton;
import org.posthorn.protocols.sasl.Authenticator;
import org.posthorn.server.Service;

/**
 * Domains, users and aliases in the database, and the check of logins against them. Needs a {@code Database}, started
 * before.
 */
public final class UsersModule extends AbstractModule {

    private final UsersConfig config;

    /** Makes it. */
    public UsersModule(UsersConfig config) {
        this.config = config;
    }

    @Override protected void configure() {
        bind(UsersConfig.class).toInstance(config);
        bind(PasswordVerifiers.class).in(Singleton.class);
        bind(SqlDirectory.class).in(Singleton.class);
        bind(Directory.class).to(SqlDirectory.class);
        bind(PasswordStore.class).to(SqlDirectory.class);
        bind(Authenticator.class).to(DirectoryAuthenticator.class);
        Multibinder.newSetBinder(binder(), Service.class).addBinding().to(UsersAtStart.class);
    }
}
