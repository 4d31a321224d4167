package org.posthorn.server.intake;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.Guice;
import com.google.inject.Key;
import com.google.inject.TypeLiteral;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.posthorn.server.Service;
import org.posthorn.server.database.DatabaseConfig;
import org.posthorn.server.database.DatabaseModule;
import org.posthorn.server.database.DerbyDatabase;
import org.posthorn.server.policy.HeapRoom;
import org.posthorn.server.spool.DerbySpool;
import org.posthorn.server.spool.Spool;
import org.posthorn.server.spool.SpoolConfig;
import org.posthorn.server.spool.SpoolModule;

class WiringTest {

    @Test void theModulesFitTogetherAndTheDatabaseStartsBeforeTheSpool() {
        var home = Path.of("unused");
        var injector = Guice.createInjector(
            binder -> {
                binder.bind(InstantSource.class).toInstance(InstantSource.system());
                binder.bind(HeapRoom.class).toInstance(HeapRoom.ample());
            },
            new DatabaseModule(new DerbyDatabase(DatabaseConfig.of(home), InstantSource.system())),
            new SpoolModule(SpoolConfig.of(home)),
            new IntakeModule(IntakeConfig.of("mx.example.org", 1000)));
        assertThat(injector.getInstance(Intake.class)).isNotNull();
        var services = injector.getInstance(Key.get(new TypeLiteral<Set<Service>>() { }));
        assertThat(services).hasExactlyElementsOfTypes(DerbyDatabase.class, DerbySpool.class);
        assertThat(services).contains(injector.getInstance(Spool.class));
    }
}
