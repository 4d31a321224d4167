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
        var server = put(home, database(home), problems);
        server.check(problems);
        return server;
    }

    /**
     * Turns the home's log on, puts a server together and starts it. Its database opens {@link EarlyStart meanwhile}.
     *
     * @throws ConfigException with all that is wrong; nothing is open then but the log
     */
    public static Server started(Home home) throws IOException {
        return started(home, problems -> Logging.use(home, problems));
    }

    /** The same with another log. */
    static Server started(Home home, EarlyStart.Log log) throws IOException {
        var database = database(home);
        var early = new EarlyStart(log, database);
        early.begin();
        try {
            var problems = new Problems();
            var server = put(home, database, problems);
            problems.addAll(early.awaitLog());      // mailets may write to it when they are made
            server.check(problems);
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

    private static Server put(Home home, DerbyDatabase database, Problems problems) {
        var config = ConfigFiles.read(home, problems);
        return new Server(config, Guice.createInjector(Stage.DEVELOPMENT, ServerModules.of(config, database)));
    }

    /** Reads the processors too, and throws if anything is wrong. */
    private void check(Problems problems) {
        var chains = injector.getInstance(Chains.class);
        var reports = config.bounce().processor();
        if (chains.load(problems) && !chains.<Boolean>with(chain -> chain.has(reports))) {
            problems.add("bounce.xml", 0, "processor: there is no processor '" + reports + "' in processors.xml");
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems.all());
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
