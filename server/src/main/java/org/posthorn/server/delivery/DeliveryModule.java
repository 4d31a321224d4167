package org.posthorn.server.delivery;

import com.google.inject.AbstractModule;
import com.google.inject.Singleton;
import com.google.inject.multibindings.Multibinder;
import com.google.inject.multibindings.OptionalBinder;
import org.posthorn.mailets.port.Verification;
import org.posthorn.server.Service;
import org.posthorn.server.bounce.Delays;
import org.posthorn.server.delivery.lmtp.LmtpModule;
import org.posthorn.server.delivery.local.LocalConfig;
import org.posthorn.server.delivery.local.MaildirAgent;
import org.posthorn.server.delivery.local.MaildirSpace;
import org.posthorn.server.delivery.remote.RemoteModule;
import org.posthorn.server.delivery.tls.TlsModule;
import org.posthorn.server.users.Space;

/**
 * Delivery with the agents {@code local}, {@code lmtp} and {@code remote}. Needs bound {@code Spool},
 * {@code Directory}, {@code Reporter}, {@code Dns}, {@code DeadlineWatch}, {@code InstantSource} and
 * {@code RandomGenerator}.
 */
public final class DeliveryModule extends AbstractModule {

    private final DeliveryConfig config;

    /** The configuration was read before the injector is made. */
    public DeliveryModule(DeliveryConfig config) {
        this.config = config;
    }

    @Override protected void configure() {
        install(new TlsModule(config.tls()));
        install(new RemoteModule(config.remote()));
        install(new LmtpModule(config.lmtp()));
        bind(RetryConfig.class).toInstance(config.retry());
        bind(Delays.class).toInstance(config.retry().delays());
        bind(Limits.class).toInstance(config.limits());
        bind(LocalConfig.class).toInstance(config.local());
        Multibinder.newSetBinder(binder(), Agent.class).addBinding().to(MaildirAgent.class);
        bind(Verification.class).to(RememberedVerification.class).in(Singleton.class);
        OptionalBinder.newOptionalBinder(binder(), OnDemand.class).setDefault().toInstance(OnDemand.never());
        OptionalBinder.newOptionalBinder(binder(), Space.class).setBinding().to(MaildirSpace.class);
        bind(Suspensions.class).to(DeliveryRunner.class);
        bind(Reachability.class).to(DeliveryRunner.class);
        // Stopped in reverse: connections are closed when nobody uses them any more.
        var services = Multibinder.newSetBinder(binder(), Service.class);
        services.addBinding().to(IdleConnections.class);
        services.addBinding().to(DeliveryRunner.class);
    }
}
