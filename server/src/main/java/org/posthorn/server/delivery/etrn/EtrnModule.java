package org.posthorn.server.delivery.etrn;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.Multibinder;
import com.google.inject.multibindings.OptionalBinder;
import org.posthorn.protocols.atrn.QueueTurn;
import org.posthorn.protocols.etrn.QueueFlush;
import org.posthorn.protocols.sasl.Secrets;
import org.posthorn.server.Service;
import org.posthorn.server.delivery.OnDemand;

/** Queues that are started on request. Needs {@code DeliveryModule}, and a {@code RelayConfig}. */
public final class EtrnModule extends AbstractModule {

    private final EtrnConfig config;

    /** The configuration was read before the injector is made. */
    public EtrnModule(EtrnConfig config) {
        this.config = config;
    }

    @Override protected void configure() {
        bind(EtrnConfig.class).toInstance(config);
        var turns = new Turns(config::isFetchedOnly);
        bind(Turns.class).toInstance(turns);
        OptionalBinder.newOptionalBinder(binder(), OnDemand.class).setBinding()
            .toInstance(new OnDemand(config::waits, turns));
        bind(QueueFlush.class).to(EtrnDesk.class);
        bind(Secrets.class).to(SharedSecrets.class);
        bind(QueueTurn.class).to(AtrnDesk.class);
        bind(Later.class).to(EtrnTimer.class);
        Multibinder.newSetBinder(binder(), Service.class).addBinding().to(EtrnTimer.class);
    }
}
