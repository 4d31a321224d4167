package org.posthorn.server.listen;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.Multibinder;
import jakarta.inject.Singleton;
import org.posthorn.protocols.sasl.Mechanisms;
import org.posthorn.server.Service;
import org.posthorn.server.fetch.Reception;

/** The listeners of conf/listeners.xml and the sessions behind them. */
public final class ListenModule extends AbstractModule {

    private final ListenersConfig config;

    /** For listeners as configured. */
    public ListenModule(ListenersConfig config) {
        this.config = config;
    }

    @Override protected void configure() {
        bind(ListenersConfig.class).toInstance(config);
        bind(Mechanisms.class).toProvider(OfferedMechanisms.class).in(Singleton.class);
        bind(Sessions.class).in(Singleton.class);
        bind(Reception.class).to(FetchedMail.class);
        bind(Listeners.class).in(Singleton.class);
        Multibinder.newSetBinder(binder(), Service.class).addBinding().to(Listeners.class);
    }
}
