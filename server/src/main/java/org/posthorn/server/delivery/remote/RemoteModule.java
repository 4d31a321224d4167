package org.posthorn.server.delivery.remote;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.Multibinder;
import org.posthorn.server.delivery.Agent;
import org.posthorn.server.delivery.Prober;

/** Delivery to other hosts. Needs bound {@code Dns}, {@code DeadlineWatch} (started) and {@code RandomGenerator}. */
public final class RemoteModule extends AbstractModule {

    private final RemoteConfig config;

    /** The configuration was read before the injector is made. */
    public RemoteModule(RemoteConfig config) {
        this.config = config;
    }

    @Override protected void configure() {
        bind(RemoteConfig.class).toInstance(config);
        bind(Connector.class).to(SocketConnector.class);
        Multibinder.newSetBinder(binder(), Prober.class).addBinding().to(RemoteProber.class);
        Multibinder.newSetBinder(binder(), Agent.class).addBinding().to(RemoteAgent.class);
    }
}
