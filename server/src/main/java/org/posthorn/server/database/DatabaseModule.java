package org.posthorn.server.database;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.Multibinder;
import org.posthorn.server.Service;

/** The database: Derby, embedded. */
public final class DatabaseModule extends AbstractModule {

    private final DerbyDatabase database;

    /** For this one, which may be opening already. */
    public DatabaseModule(DerbyDatabase database) {
        this.database = database;
    }

    @Override protected void configure() {
        bind(DerbyDatabase.class).toInstance(database);
        bind(Database.class).to(DerbyDatabase.class);
        Multibinder.newSetBinder(binder(), Service.class).addBinding().to(DerbyDatabase.class);
    }
}
