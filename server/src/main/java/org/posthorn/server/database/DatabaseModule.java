package org.posthorn.server.database;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.Multibinder;
import jakarta.inject.Singleton;
import org.posthorn.server.Service;

/** The database: Derby, embedded. Wants an {@code InstantSource} bound elsewhere. */
public final class DatabaseModule extends AbstractModule {

    private final DatabaseConfig config;

    /** For a database as configured. */
    public DatabaseModule(DatabaseConfig config) {
        this.config = config;
    }

    @Override protected void configure() {
        bind(DatabaseConfig.class).toInstance(config);
        bind(DerbyDatabase.class).in(Singleton.class);
        bind(Database.class).to(DerbyDatabase.class);
        Multibinder.newSetBinder(binder(), Service.class).addBinding().to(DerbyDatabase.class);
    }
}
