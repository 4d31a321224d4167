package org.posthorn.server.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.admin.AdminConfig;
import org.posthorn.server.bounce.BounceConfig;
import org.posthorn.server.chain.ChainConfig;
import org.posthorn.server.chain.RelayConfig;
import org.posthorn.server.chain.ServerIdentity;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problems;
import org.posthorn.server.config.Section;
import org.posthorn.server.config.ServerConfig;
import org.posthorn.server.database.DatabaseConfig;
import org.posthorn.server.delivery.DeliveryConfig;
import org.posthorn.server.dns.DnsConfig;
import org.posthorn.server.intake.IntakeConfig;
import org.posthorn.server.listen.ListenersConfig;
import org.posthorn.server.pipeline.PipelineConfig;
import org.posthorn.server.spool.SpoolConfig;
import org.posthorn.server.users.UsersConfig;

/** The configuration of a home, file by file. All files are read, whatever is wrong with one of them. */
public record ConfigFiles(ServerConfig server, ListenersConfig listeners, IntakeConfig intake, RelayConfig relay,
                          ChainConfig chain, PipelineConfig pipeline, DeliveryConfig delivery, BounceConfig bounce,
                          DnsConfig dns, DatabaseConfig database, SpoolConfig spool, UsersConfig users,
                          AdminConfig admin) {

    /** The files of conf/. */
    public static final List<String> NAMES = List.of("server.xml", "listeners.xml", "intake.xml", "relay.xml",
        "processors.xml", "pipeline.xml", "delivery.xml", "bounce.xml", "dns.xml", "spool.xml", "users.xml",
        "admin.xml", "logback.xml");

    /**
     * Reads the files.
     *
     * @param problems gets all that is wrong
     * @return empty when a file could not be read as XML
     */
    static Optional<ConfigFiles> read(Home home, Problems problems) {
        var reader = new Reader(home.conf(), problems);
        var directory = home.directory();
        var server = reader.read("server", ServerConfig::read);
        var listeners = reader.read("listeners", section -> ListenersConfig.read(section, directory));
        var hostname = server.map(ServerConfig::hostname).filter(name -> !name.isEmpty()).orElse("localhost");
        var largest = listeners.map(config -> config.limits().session().messageSize()).orElse(1L);
        var intake = reader.read("intake", section -> IntakeConfig.read(section, hostname, largest));
        var relay = reader.read("relay", RelayConfig::read);
        var pipeline = reader.read("pipeline", PipelineConfig::read);
        var delivery = reader.read("delivery", section -> DeliveryConfig.read(section, directory, hostname));
        var bounce = reader.read("bounce", section -> BounceConfig.read(section, hostname));
        var dns = reader.read("dns", DnsConfig::read);
        var spool = reader.read("spool", section -> SpoolConfig.read(section, directory));
        var users = reader.read("users", UsersConfig::read);
        var admin = reader.read("admin", section -> AdminConfig.read(section, home.data()));
        if (!reader.complete) {
            return Optional.empty();
        }
        var chain = new ChainConfig(home.conf().resolve("processors.xml"), jarFolders(home));
        return Optional.of(new ConfigFiles(server.orElseThrow(), listeners.orElseThrow(), intake.orElseThrow(),
            relay.orElseThrow(), chain, pipeline.orElseThrow(), delivery.orElseThrow(), bounce.orElseThrow(),
            dns.orElseThrow(), DatabaseConfig.of(directory), spool.orElseThrow(), users.orElseThrow(),
            admin.orElseThrow()));
    }

    /** The jars of this home first, then those of the distribution. */
    private static List<Path> jarFolders(Home home) {
        var distribution = Optional.ofNullable(System.getProperty("posthorn.dist"));
        return distribution.map(dist -> List.of(home.lib(), Path.of(dist, "lib", "ext"))).orElse(List.of(home.lib()));
    }

    /** Who we are to mailets. */
    ServerIdentity identity() {
        return new ServerIdentity(server.hostname(), new Mailbox("postmaster", server.hostname()));
    }

    /** Reads one file after another and remembers whether one of them was unreadable. */
    private static final class Reader {
        private final Path conf;
        private final Problems problems;
        private boolean complete = true;

        Reader(Path conf, Problems problems) {
            this.conf = conf;
            this.problems = problems;
        }

        <T> Optional<T> read(String name, Function<Section, T> parser) {
            var section = ConfigFile.read(conf.resolve(name + ".xml"), name, problems);
            complete &= section.isPresent();
            return section.map(root -> {
                var config = parser.apply(root);
                root.refuseUnknown();
                return config;
            });
        }
    }
}
