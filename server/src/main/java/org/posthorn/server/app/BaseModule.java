package org.posthorn.server.app;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.Multibinder;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.server.Service;
import org.posthorn.server.config.ServerConfig;

/** What every room may ask for: who we are, the clock, randomness, the watch over deadlines; and the heap's keeper. */
final class BaseModule extends AbstractModule {

    private final ServerConfig config;

    BaseModule(ServerConfig config) {
        this.config = config;
    }

    @Override protected void configure() {
        var random = new SecureRandom();
        bind(ServerConfig.class).toInstance(config);
        bind(InstantSource.class).toInstance(InstantSource.system());
        bind(SecureRandom.class).toInstance(random);
        bind(RandomGenerator.class).toInstance(random);
        bind(DeadlineWatch.class).toInstance(new DeadlineWatch());
        bind(Watch.class).in(Singleton.class);
        bind(QuietCollection.class).in(Singleton.class);
        var services = Multibinder.newSetBinder(binder(), Service.class);
        services.addBinding().to(Watch.class);
        services.addBinding().to(QuietCollection.class);
    }
}
