package org.posthorn.server.dns;

import com.google.inject.AbstractModule;

/** The domain name system, asked by dnsjava as {@code conf/dns.xml} says. */
public final class DnsModule extends AbstractModule {

    private final DnsConfig config;

    /** The configuration was read before the injector is made. */
    public DnsModule(DnsConfig config) {
        this.config = config;
    }

    @Override protected void configure() {
        bind(DnsConfig.class).toInstance(config);
        bind(Dns.class).to(DnsJavaDns.class);
        bind(SecureDns.class).to(DnsJavaDns.class);
    }
}
