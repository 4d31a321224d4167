package org.posthorn.server.fetch;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.Multibinder;
import org.posthorn.server.Service;

/** Mail that others keep for us. Needs a {@code Reception}, a {@code DeadlineWatch} and a {@code ServerConfig}. */
public final class FetchModule extends AbstractModule {

    private final FetchConfig config;

    /** The configuration was read before the injector is made. */
    public FetchModule(FetchConfig config) {
        this.config = config;
    }

    @Override protected void configure() {
        bind(Errands.class).to(Fetcher.class);
        bind(FetchConfig.class).toInstance(config);
        // Stopped in reverse: nothing new is asked when what comes in is waited for.
        var services = Multibinder.newSetBinder(binder(), Service.class);
        services.addBinding().to(Fetcher.class);
        services.addBinding().to(FetchTimer.class);
    }
}
