package org.posthorn.server.spool;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.Multibinder;
import jakarta.inject.Singleton;
import org.posthorn.server.Service;

/**
 * The spool in the server's own database and files. Wants {@code Database} and {@code InstantSource} bound elsewhere.
 */
public final class SpoolModule extends AbstractModule {

    private final SpoolConfig config;

    /** For a spool as configured. */
    public SpoolModule(SpoolConfig config) {
        this.config = config;
    }

    @Override protected void configure() {
        bind(SpoolConfig.class).toInstance(config);
        bind(Disk.class).toInstance(Disk.real());
        bind(DerbySpool.class).in(Singleton.class);
        bind(Spool.class).to(DerbySpool.class);
        Multibinder.newSetBinder(binder(), Service.class).addBinding().to(DerbySpool.class);
    }
}
