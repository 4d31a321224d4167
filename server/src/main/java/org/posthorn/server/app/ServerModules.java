package org.posthorn.server.app;

import com.google.inject.Binder;
import com.google.inject.Module;
import java.util.List;
import org.posthorn.server.admin.AdminModule;
import org.posthorn.server.auth.AuthModule;
import org.posthorn.server.bounce.BounceModule;
import org.posthorn.server.chain.ChainModule;
import org.posthorn.server.database.DatabaseModule;
import org.posthorn.server.database.DerbyDatabase;
import org.posthorn.server.delivery.DeliveryModule;
import org.posthorn.server.delivery.etrn.EtrnModule;
import org.posthorn.server.dns.DnsModule;
import org.posthorn.server.fetch.FetchModule;
import org.posthorn.server.intake.IntakeModule;
import org.posthorn.server.listen.ListenModule;
import org.posthorn.server.pipeline.PipelineModule;
import org.posthorn.server.policy.PolicyModule;
import org.posthorn.server.spool.SpoolModule;
import org.posthorn.server.srs.SrsModule;
import org.posthorn.server.users.UsersModule;

/**
 * The server's table of contents. Services start in this order and stop in reverse: mail need not wait for the
 * administration, and who asked there for mail to be fetched is answered when the fetching has stopped.
 *
 * <p>The rooms' modules are configured and not installed: Guice would search each for {@code @Provides}, which none may
 * have, and which takes a tenth of its time.
 */
final class ServerModules implements Module {

    private final List<Module> rooms;

    private ServerModules(List<Module> rooms) {
        this.rooms = rooms;
    }

    @Override public void configure(Binder binder) {
        rooms.forEach(room -> room.configure(binder));
    }

    static ServerModules of(ConfigFiles config, DerbyDatabase database) {
        return new ServerModules(List.of(
            new BaseModule(config.server()),
            new DatabaseModule(database),
            new UsersModule(config.users()),
            new SrsModule(config.srs()),
            new DnsModule(config.dns()),
            new SpoolModule(config.spool()),
            new AuthModule(config.auth()),
            new ChainModule(config.chain(), config.relay(), config.identity()),
            new PolicyModule(),
            new IntakeModule(config.intake()),
            new BounceModule(config.bounce()),
            new DeliveryModule(config.delivery()),
            new EtrnModule(config.etrn()),
            new PipelineModule(config.pipeline()),
            new ListenModule(config.listeners()),
            new AdminModule(config.admin()),
            new FetchModule(config.fetch())));
    }
}
