package org.posthorn.server.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Key;
import com.google.inject.TypeLiteral;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.posthorn.mailets.port.Verification;
import org.posthorn.server.Service;
import org.posthorn.server.auth.AuthConfig;
import org.posthorn.server.auth.AuthModule;
import org.posthorn.server.bounce.Delays;
import org.posthorn.server.bounce.Reporter;
import org.posthorn.server.chain.ChainConfig;
import org.posthorn.server.chain.ChainModule;
import org.posthorn.server.chain.Chains;
import org.posthorn.server.chain.RelayConfig;
import org.posthorn.server.chain.ServerIdentity;
import org.posthorn.server.chain.TestMail;
import org.posthorn.server.chain.Workshop;
import org.posthorn.server.config.Problems;
import org.posthorn.server.dns.Dns;
import org.posthorn.server.policy.Policies;
import org.posthorn.server.policy.PolicyModule;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.Spool;
import org.posthorn.server.srs.Srs;
import org.posthorn.server.srs.TestSrs;
import org.posthorn.server.users.Directory;
import org.posthorn.server.users.MemoryDirectory;
import org.posthorn.server.users.UsersConfig;

class ModulesTest {

    @Test void theModulesFitTogetherAndTheDefaultFileCompiles() {
        var spool = new InMemorySpool();
        var injector = Guice.createInjector(
            new AuthModule(AuthConfig.of("mx.example.org")),
            new ChainModule(new ChainConfig(Path.of("..", "conf", "processors.xml"), List.of()),
                new RelayConfig(List.of(), Set.of()),
                new ServerIdentity("mx.example.org", TestMail.box("postmaster@example.org"))),
            new PolicyModule(), new PipelineModule(PipelineConfig.DEFAULT),
            new AbstractModule() {
                @Override protected void configure() {
                    bind(Spool.class).toInstance(spool);
                    bind(Directory.class).toInstance(new MemoryDirectory());
                    bind(UsersConfig.class).toInstance(UsersConfig.defaults());
                    bind(Dns.class).toInstance(Workshop.noDns());
                    bind(Verification.class).toInstance(_ -> new Verification.Finding.NotVerified());
                    bind(Delays.class).toInstance(Delays.DEFAULT);
                    bind(Reporter.class).toInstance(new FakeReporter(spool));
                    bind(Srs.class).toInstance(TestSrs.of("mx.example.org", InstantSource.system()));
                    bind(InstantSource.class).toInstance(InstantSource.system());
                }
            });
        var problems = new Problems();
        assertThat(injector.getInstance(Chains.class).load(problems)).isTrue();
        assertThat(problems.all()).isEmpty();
        assertThat(injector.getInstance(Policies.class).open()).isNotNull();
        assertThat(injector.getInstance(Key.get(new TypeLiteral<Set<Service>>() { })))
            .extracting(service -> service.getClass().getSimpleName()).containsExactly("Chains", "Pipeline");
    }
}
