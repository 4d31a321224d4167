package org.posthorn.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.Guice;
import com.google.inject.Key;
import com.google.inject.TypeLiteral;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.protocols.sasl.Authenticator;
import org.posthorn.server.Service;
import org.posthorn.server.database.DatabaseConfig;
import org.posthorn.server.database.DatabaseModule;
import org.posthorn.server.database.DerbyDatabase;
import org.posthorn.server.delivery.Reachability;
import org.posthorn.server.delivery.RecordingSuspensions;
import org.posthorn.server.delivery.Suspensions;
import org.posthorn.server.fetch.Errands;
import org.posthorn.server.fetch.Report;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.Spool;
import org.posthorn.server.users.Directory;
import org.posthorn.server.users.PasswordStore;
import org.posthorn.server.users.UsersConfig;
import org.posthorn.server.users.UsersModule;

class WiringTest {

    @TempDir private Path home;

    @Test void theModulesFitTogether() throws IOException {
        var config = new AdminConfig(InetAddress.ofLiteral("127.0.0.1"), 0, home.resolve("data"));
        var database = new DerbyDatabase(DatabaseConfig.of(home), InstantSource.system());
        var injector = Guice.createInjector(new DatabaseModule(database),
            new UsersModule(UsersConfig.defaults()), new AdminModule(config), binder -> {
                binder.bind(InstantSource.class).toInstance(InstantSource.system());
                binder.bind(Spool.class).toInstance(new InMemorySpool());
                binder.bind(Errands.class).toInstance(_ -> new Report.Failed("nobody is asked"));
                binder.bind(Suspensions.class).toInstance(new RecordingSuspensions());
                binder.bind(Reachability.class).toInstance(_ -> Reachability.State.OPEN);
            });
        var services = injector.getInstance(Key.get(new TypeLiteral<Set<Service>>() { }));
        assertThat(services).hasSize(4);
        for (var service : services) {
            service.start();
        }
        try {
            var directory = injector.getInstance(Directory.class);
            directory.addDomain("example.org");
            assertThat(directory).isSameAs(injector.getInstance(PasswordStore.class));
            assertThat(injector.getInstance(Authenticator.class).password("ann@example.org", "x"))
                .isEqualTo(new Authenticator.Result.Denied());
            assertThat(injector.getInstance(AdminServer.class).address().getPort()).isPositive();
        } finally {
            services.forEach(service -> service.stop(Duration.ZERO));
        }
    }
}
