package org.posthorn.server.delivery.lmtp;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.Multibinder;
import org.posthorn.server.delivery.Agent;
import org.posthorn.server.delivery.Prober;

/**
 * Delivery to mail stores. Needs bound {@code RemoteConfig} for its routes, {@code Dns}, {@code Directory}, {@code
 * DeadlineWatch} (started) and {@code InstantSource}.
 */
public final class LmtpModule extends AbstractModule {

    private final LmtpConfig config;

    /** The configuration was read before the injector is made. */
    public LmtpModule(LmtpConfig config) {
        this.config = config;
    }

    @Override protected void configure() {
        bind(LmtpConfig.class).toInstance(config);
        Multibinder.newSetBinder(binder(), Agent.class).addBinding().to(LmtpAgent.class);
        Multibinder.newSetBinder(binder(), Prober.class).addBinding().to(LmtpProber.class);
    }
}
