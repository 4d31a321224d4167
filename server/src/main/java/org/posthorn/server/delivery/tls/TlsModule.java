package org.posthorn.server.delivery.tls;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.Multibinder;
import org.posthorn.server.Service;

/**
 * TLS with other hosts. Needs bound {@code Dns}, {@code SecureDns}, {@code Spool}, {@code BounceConfig} and
 * {@code InstantSource}.
 */
public final class TlsModule extends AbstractModule {

    private final TlsConfig config;

    /** The configuration was read before the injector is made. */
    public TlsModule(TlsConfig config) {
        this.config = config;
    }

    @Override protected void configure() {
        bind(TlsConfig.class).toInstance(config);
        bind(PolicyFetch.class).to(HttpsPolicyFetch.class);
        bind(ReportPost.class).to(HttpsReportPost.class);
        Multibinder.newSetBinder(binder(), Service.class).addBinding().to(TlsChores.class);
    }
}
