package org.posthorn.server.srs;

import com.google.inject.AbstractModule;
import com.google.inject.Singleton;
import com.google.inject.multibindings.Multibinder;
import org.posthorn.server.Service;

/** Sender rewriting, and the secrets it signs with. */
public final class SrsModule extends AbstractModule {

    private final SrsConfig config;

    /** As configured. */
    public SrsModule(SrsConfig config) {
        this.config = config;
    }

    @Override protected void configure() {
        bind(SrsConfig.class).toInstance(config);
        bind(Srs.class).in(Singleton.class);
        Multibinder.newSetBinder(binder(), Service.class).addBinding().to(SrsSecrets.class);
    }
}
