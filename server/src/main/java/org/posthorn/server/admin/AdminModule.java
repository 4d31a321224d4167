package org.posthorn.server.admin;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.Multibinder;
import jakarta.inject.Singleton;
import org.posthorn.server.Service;

/**
 * The administration's HTTP server. Needs a {@code Directory}, a {@code Spool}, {@code Suspensions},
 * {@code Reachability} and an {@code InstantSource}.
 */
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
        // Stopped in reverse: nobody asks for a retry any more when these end.
        var services = Multibinder.newSetBinder(binder(), Service.class);
        services.addBinding().to(Retries.class);
        services.addBinding().to(AdminServer.class);
    }
}
