package org.posthorn.server.chain;

import com.google.inject.AbstractModule;
import com.google.inject.Singleton;
import com.google.inject.multibindings.Multibinder;
import com.google.inject.multibindings.OptionalBinder;
import org.posthorn.mailets.port.AuthFacts;
import org.posthorn.mailets.port.Disposition;
import org.posthorn.mailets.port.NameService;
import org.posthorn.mailets.port.Pause;
import org.posthorn.mailets.port.Quotas;
import org.posthorn.mailets.port.RelayRules;
import org.posthorn.mailets.port.Residents;
import org.posthorn.mailets.port.SenderRewriting;
import org.posthorn.server.Service;
import org.posthorn.server.users.Space;

/** The processors file, its mailets, and what these are given of the server. Needs an {@code Srs}. */
public final class ChainModule extends AbstractModule {

    private final ChainConfig config;
    private final RelayConfig relay;
    private final ServerIdentity identity;

    /** The chain of this configuration. */
    public ChainModule(ChainConfig config, RelayConfig relay, ServerIdentity identity) {
        this.config = config;
        this.relay = relay;
        this.identity = identity;
    }

    @Override protected void configure() {
        install(new StockModule());
        bind(ChainConfig.class).toInstance(config);
        bind(RelayConfig.class).toInstance(relay);
        bind(RelayRules.class).toInstance(relay);
        bind(ServerIdentity.class).toInstance(identity);
        bind(DirectoryResidents.class).in(Singleton.class);
        bind(SrsPaths.class).in(Singleton.class);
        bind(SenderRewriting.class).to(SrsPaths.class);
        bind(Residents.class).to(SrsResidents.class).in(Singleton.class);
        OptionalBinder.newOptionalBinder(binder(), Space.class).setDefault().toInstance(Space.endless());
        bind(Quotas.class).to(DirectoryQuotas.class).in(Singleton.class);
        bind(Disposition.class).toInstance(new ServerDisposition());
        bind(AuthFacts.class).to(MailAuthFacts.class).in(Singleton.class);
        bind(NameService.class).to(DnsNameService.class).in(Singleton.class);
        bind(Pause.class).toInstance(Thread::sleep);
        bind(PosthornMailetContext.class).in(Singleton.class);
        bind(ChainCompiler.class).in(Singleton.class);
        bind(Chains.class).in(Singleton.class);
        Multibinder.newSetBinder(binder(), Service.class).addBinding().to(Chains.class);
    }
}
