package org.posthorn.server.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.admin.AdminConfig;
import org.posthorn.server.auth.AuthConfig;
import org.posthorn.server.bounce.BounceConfig;
import org.posthorn.server.chain.ChainConfig;
import org.posthorn.server.chain.RelayConfig;
import org.posthorn.server.chain.ServerIdentity;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.NodeReader;
import org.posthorn.server.config.Problems;
import org.posthorn.server.config.Section;
import org.posthorn.server.config.ServerConfig;
import org.posthorn.server.delivery.DeliveryConfig;
import org.posthorn.server.delivery.etrn.EtrnConfig;
import org.posthorn.server.dns.DnsConfig;
import org.posthorn.server.fetch.FetchConfig;
import org.posthorn.server.intake.IntakeConfig;
import org.posthorn.server.listen.ListenersConfig;
import org.posthorn.server.pipeline.PipelineConfig;
import org.posthorn.server.spool.SpoolConfig;
import org.posthorn.server.srs.SrsConfig;
import org.posthorn.server.users.UsersConfig;

/** The configuration of a home, file by file. All files are read, whatever is wrong with one of them. */
public record ConfigFiles(ServerConfig server, ListenersConfig listeners, IntakeConfig intake, RelayConfig relay,
                          ChainConfig chain, PipelineConfig pipeline, DeliveryConfig delivery, EtrnConfig etrn,
                          FetchConfig fetch, BounceConfig bounce,
                          DnsConfig dns, SpoolConfig spool, UsersConfig users,
                          SrsConfig srs, AuthConfig auth, AdminConfig admin) {

    /** The files of conf/. */
    public static final List<String> NAMES = List.of("server.xml", "listeners.xml", "intake.xml", "relay.xml",
        "processors.xml", "pipeline.xml", "delivery.xml", "etrn.xml", "fetch.xml", "bounce.xml", "dns.xml", "spool.xml",
        "users.xml", "srs.xml", "auth.xml", "admin.xml", "logback.xml");

    /** The schemas that stand beside the files, for editors; logback.xml has none of ours. */
    public static final List<String> SCHEMAS = Stream.concat(Stream.of("types.xsd"),
        NAMES.stream().filter(name -> !name.equals("logback.xml")).map(name -> name.replace(".xml", ".xsd"))).toList();

    /**
     * Reads the files. One that is no XML counts as empty, so that what is wrong with the others is told with it.
     *
     * @param problems gets all that is wrong; the configuration is good when there is nothing
     */
    static ConfigFiles read(Home home, Problems problems) {
        var reader = new Reader(home.conf(), new NodeReader(), problems);
        var directory = home.directory();
        var server = reader.read("server", ServerConfig::read);
        var hostname = server.hostname();
        var listeners = reader.read("listeners", section -> ListenersConfig.read(section, directory));
        var largest = listeners.limits().session().messageSize();
        return new ConfigFiles(server, listeners,
            reader.read("intake", section -> IntakeConfig.read(section, hostname, largest)),
            reader.read("relay", RelayConfig::read),
            new ChainConfig(home.conf().resolve("processors.xml"), jarFolders(home)),
            reader.read("pipeline", PipelineConfig::read),
            reader.read("delivery", section -> DeliveryConfig.read(section, directory, hostname)),
            reader.read("etrn", section -> EtrnConfig.read(section, directory)),
            reader.read("fetch", section -> FetchConfig.read(section, directory)),
            reader.read("bounce", section -> BounceConfig.read(section, hostname)),
            reader.read("dns", section -> DnsConfig.read(section, directory)),
            reader.read("spool", section -> SpoolConfig.read(section, directory)),
            reader.read("users", section -> UsersConfig.read(section, directory)),
            reader.read("srs", section -> SrsConfig.read(section, hostname, directory)),
            reader.read("auth", section -> AuthConfig.read(section, hostname)),
            reader.read("admin", section -> AdminConfig.read(section, home.data())));
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

    /**
     * Reads one file after another.
     *
     * @param conf where they lie
     */
    private record Reader(Path conf, NodeReader nodes, Problems problems) {

        <T> T read(String name, Function<Section, T> parser) {
            var file = name + ".xml";
            var section = ConfigFile.read(conf.resolve(file), name, nodes, problems)
                .orElseGet(() -> ConfigFile.empty(file, name));
            return parser.apply(section);
        }
    }
}
