package org.posthorn.server.app;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Key;
import com.google.inject.Stage;
import com.google.inject.TypeLiteral;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.posthorn.server.Service;
import org.posthorn.server.admin.AdminServer;
import org.posthorn.server.chain.Chains;
import org.posthorn.server.config.ConfigException;
import org.posthorn.server.config.Problems;
import org.posthorn.server.database.DatabaseConfig;
import org.posthorn.server.database.DerbyDatabase;
import org.posthorn.server.listen.Listeners;
import org.posthorn.server.spool.Spool;

/** A whole server over one home, put together by Guice, not yet started. */
public final class Server implements Service {

    private final ConfigFiles config;
    private final Injector injector;
    private final Services services;

    private Server(ConfigFiles config, Injector injector) {
        this.config = config;
        this.injector = injector;
        this.services = new Services(List.copyOf(injector.getInstance(Key.get(new TypeLiteral<Set<Service>>() { }))));
    }

    /**
     * Something that can be connected to.
     *
     * @param name the listener's name, {@code admin} for the HTTP API
     * @param address an IP address and port
     */
    public record Listening(String name, InetSocketAddress address) {
        @Override public String toString() {
            var ip = address.getAddress().getHostAddress();
            return name + " " + (ip.indexOf(':') < 0 ? ip : "[" + ip + "]") + ":" + address.getPort();
        }
    }

    /**
     * Reads the whole configuration, processors included, and puts a server together. Nothing is opened.
     *
     * @throws ConfigException with all that is wrong
     */
    public static Server assemble(Home home) {
        return assemble(home, new Problems());
    }

    /**
     * The same, when something may have been found already.
     *
     * @throws ConfigException with that too
     */
    public static Server assemble(Home home, Problems problems) {
        return assemble(home, database(home), problems);
    }

    /**
     * Puts a server together and starts it. Its {@link EarlyDatabase database} opens meanwhile.
     *
     * @throws ConfigException with all that is wrong; nothing is open then
     */
    public static Server started(Home home, Problems problems) throws IOException {
        var database = database(home);
        var early = new EarlyDatabase(database);
        early.begin();
        try {
            var server = assemble(home, database, problems);
            early.await();
            server.start();
            return server;
        } catch (IOException | RuntimeException e) {
            early.giveUp(e);
            throw e;
        }
    }

    private static DerbyDatabase database(Home home) {
        return new DerbyDatabase(DatabaseConfig.of(home.directory()), InstantSource.system());
    }

    private static Server assemble(Home home, DerbyDatabase database, Problems problems) {
        var config = ConfigFiles.read(home, problems);
        var server = new Server(config, Guice.createInjector(Stage.DEVELOPMENT, ServerModules.of(config, database)));
        server.checkProcessors(problems);
        if (!problems.isEmpty()) {
            throw new ConfigException(problems.all());
        }
        return server;
    }

    private void checkProcessors(Problems problems) {
        var chains = injector.getInstance(Chains.class);
        var reports = config.bounce().processor();
        if (chains.load(problems) && !chains.<Boolean>with(chain -> chain.has(reports))) {
            problems.add("bounce.xml", 0, "processor: there is no processor '" + reports + "' in processors.xml");
        }
    }

    @Override public void start() throws IOException {
        services.start();
    }

    @Override public void stop(Duration grace) {
        services.stop(grace);
    }

    /** How long a stop should wait. */
    public Duration shutdownGrace() {
        return config.server().shutdownGrace();
    }

    /** How long after its start a server that has no class archive makes one; zero for never. */
    public Duration archiveAfter() {
        return config.server().archiveAfter();
    }

    /** What is open now. */
    public List<Listening> listening() {
        var all = new ArrayList<Listening>();
        injector.getInstance(Listeners.class).doors()
            .forEach(door -> all.add(new Listening(door.name(), door.address())));
        all.add(new Listening("admin", injector.getInstance(AdminServer.class).address()));
        return all;
    }

    /** The spool, for those who look in from the same process. */
    public Spool spool() {
        return injector.getInstance(Spool.class);
    }
}
