package org.posthorn.server.admin;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.Multibinder;
import jakarta.inject.Singleton;
import org.posthorn.server.Service;

/** The administration's HTTP server. Needs a {@code Directory}, a {@code Spool} and an {@code InstantSource}. */
public final class AdminModule extends AbstractModule {

    private final AdminConfig config;

    /** Makes it. */
    public AdminModule(AdminConfig config) {
        this.config = config;
    }

    @Override protected void configure() {
        bind(AdminConfig.class).toInstance(config);
        bind(Api.class).in(Singleton.class);
        bind(AdminServer.class).in(Singleton.class);
        Multibinder.newSetBinder(binder(), Service.class).addBinding().to(AdminServer.class);
    }
}
