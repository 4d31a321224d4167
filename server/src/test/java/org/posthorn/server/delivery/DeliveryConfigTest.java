package org.posthorn.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Key;
import com.google.inject.TypeLiteral;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.protocols.client.ClientDeadlines;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.server.Service;
import org.posthorn.server.bounce.BounceConfig;
import org.posthorn.server.bounce.BounceModule;
import org.posthorn.server.bounce.Delays;
import org.posthorn.server.chain.RelayConfig;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problem;
import org.posthorn.server.config.Problems;
import org.posthorn.server.delivery.lmtp.LmtpConfig;
import org.posthorn.server.delivery.local.LocalConfig;
import org.posthorn.server.delivery.remote.RemoteConfig;
import org.posthorn.server.delivery.remote.Routes;
import org.posthorn.server.delivery.tls.TlsChores;
import org.posthorn.server.delivery.tls.TlsConfig;
import org.posthorn.server.dns.DnsConfig;
import org.posthorn.server.dns.DnsModule;
import org.posthorn.server.spool.Disk;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.Spool;
import org.posthorn.server.users.Directory;
import org.posthorn.server.users.MemoryDirectory;
import org.posthorn.server.users.UsersConfig;

class DeliveryConfigTest {

    private static final Path HOME = Path.of("/srv/posthorn");

    private final Problems problems = new Problems();

    private DeliveryConfig read(String xml) {
        var section = ConfigFile.read("delivery.xml", new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)),
            "delivery", problems).orElseThrow();
        return DeliveryConfig.read(section, HOME, "mx.example.org");
    }

    private static Agent remote(DeliveryConfig config) {
        var injector = Guice.createInjector(new DeliveryModule(config), new BounceModule(BounceConfig.of("h")),
            new DnsModule(new DnsConfig(List.of(), Duration.ofSeconds(1), 1, 0)), new AbstractModule() {
                @Override protected void configure() {
                    bind(Spool.class).toInstance(new InMemorySpool());
                    bind(Disk.class).toInstance(Disk.real());
                    bind(Directory.class).toInstance(new MemoryDirectory());
                    bind(RelayConfig.class).toInstance(new RelayConfig(List.of(), Set.of()));
                    bind(UsersConfig.class).toInstance(UsersConfig.defaults());
                    bind(DeadlineWatch.class).toInstance(new DeadlineWatch());
                    bind(InstantSource.class).toInstance(InstantSource.system());
                    bind(RandomGenerator.class).toInstance(new Random(1));
                }
            });
        // They stop in reverse: connections are closed when nobody uses them any more.
        assertThat(injector.getInstance(Key.get(new TypeLiteral<Set<Service>>() { }))).containsExactly(
            injector.getInstance(TlsChores.class), injector.getInstance(IdleConnections.class),
            injector.getInstance(DeliveryRunner.class));
        return injector.getInstance(Key.get(new TypeLiteral<Set<Agent>>() { })).stream()
            .filter(agent -> agent.name().equals("remote")).findFirst().orElseThrow();
    }

    @Test void anEmptyFileHasDefaults() {
        var config = read("<delivery/>");
        assertThat(problems.all()).isEmpty();
        assertThat(config).isEqualTo(new DeliveryConfig(RetryConfig.DEFAULT, Limits.DEFAULT,
            new LocalConfig(HOME.resolve("mail"), "mx.example.org", 128), LmtpConfig.of("mx.example.org"),
            RemoteConfig.of("mx.example.org"), TlsConfig.of("mx.example.org", HOME)));
    }

    @Test void everyKeyIsRead() throws Exception {
        var config = read("""
            <delivery>
              <smart-host>relay.example.org:587</smart-host>
              <route domain="Example.NET" to="10.0.0.7:2525"/>
              <route domain="other.example" to="example.com"/>
              <self>192.0.2.1</self>
              <retry>
                <first>10 s</first> <most>1 m</most> <lifetime>2 d</lifetime> <bounce-lifetime>1 d</bounce-lifetime>
              </retry>
              <limits><active>10</active> <workers>4</workers> <waiting>3</waiting></limits>
              <local><root>boxes</root> <concurrency>7</concurrency></local>
              <lmtp>
                <recipients>5</recipients> <concurrency>6</concurrency> <idle>0 s</idle>
                <transactions>7</transactions> <age>8 s</age> <tls>required</tls>
                <subaddress-delimiter>-</subaddress-delimiter>
                <timeouts><connect>9 s</connect> <dot>1 m</dot></timeouts>
              </lmtp>
              <route domain="store.example" to="lmtp:unix:/run/lmtp"/>
              <remote>
                <port>2525</port> <tls>required</tls> <source>127.0.0.1</source> <recipients>50</recipients>
                <concurrency>9</concurrency> <addresses>3</addresses>
                <idle>4 s</idle> <transactions>1</transactions> <age>1 h</age>
                <timeouts>
                  <connect>1 s</connect> <greeting>2 s</greeting> <command>3 s</command> <mail>4 s</mail>
                  <rcpt>5 s</rcpt> <data>6 s</data> <block>7 s</block> <dot>8 s</dot>
                </timeouts>
              </remote>
            </delivery>
            """);
        assertThat(problems.all()).isEmpty();
        assertThat(config.retry()).isEqualTo(new RetryConfig(Duration.ofSeconds(10), Duration.ofMinutes(1),
            Duration.ofDays(2), Duration.ofDays(1)));
        assertThat(config.limits()).isEqualTo(new Limits(10, 4, 3));
        assertThat(config.local()).isEqualTo(new LocalConfig(HOME.resolve("boxes"), "mx.example.org", 7));
        assertThat(config.remote().self()).containsExactlyInAnyOrder("mx.example.org", "192.0.2.1");
        assertThat(config.remote().recipients()).isEqualTo(50);
        assertThat(config.remote().reuse()).isEqualTo(new Reuse(Duration.ofSeconds(4), 1, Duration.ofHours(1)));
        assertThat(config.remote().routes().table().get(new Routes.Key("store.example", "")))
            .hasToString("[lmtp:unix:/run/lmtp]");
        assertThat(config.lmtp()).isEqualTo(new LmtpConfig("mx.example.org", 5, 6, "-",
            new Reuse(Duration.ZERO, 7, Duration.ofSeconds(8)),
            new LmtpConfig.Connection(TlsMode.REQUIRED, new Timeouts(Duration.ofSeconds(9), new ClientDeadlines(
                Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofMinutes(5),
                Duration.ofMinutes(2), Duration.ofMinutes(3), Duration.ofMinutes(1))))));
        var connection = config.remote().connection();
        assertThat(connection.tls()).isEqualTo(TlsMode.REQUIRED);
        assertThat(connection.source()).contains(InetAddress.ofLiteral("127.0.0.1"));
        assertThat(connection.connect()).isEqualTo(Duration.ofSeconds(1));
        assertThat(connection.deadlines()).isEqualTo(new ClientDeadlines(Duration.ofSeconds(2), Duration.ofSeconds(3),
            Duration.ofSeconds(4), Duration.ofSeconds(5), Duration.ofSeconds(6), Duration.ofSeconds(7),
            Duration.ofSeconds(8)));
    }

    @ParameterizedTest
    @CsvSource({"idle,-1 s", "idle,soon", "age,-1 s", "age,5", "transactions,0", "transactions,1000001"})
    void connectionsAreKeptForATimeAndACount(String key, String value) {
        for (var kind : List.of("lmtp", "remote")) {
            read("<delivery><%s><%s>%s</%s></%s></delivery>".formatted(kind, key, value, key, kind));
        }
        assertThat(problems.all()).hasSize(2);
    }

    /** RFC 5321 section 5.1. */
    @Test void atLeastTwoAddressesAreTried() {
        read("<delivery><remote><addresses>1</addresses></remote></delivery>");
        assertThat(problems.all()).hasSize(1);
    }

    @Test void destinationsAreWhatIsReallyReached() {
        var agent = remote(read("""
            <delivery>
              <smart-host>relay.example.org:587</smart-host>
              <route domain="example.net" to="10.0.0.7:2525"/>
              <route domain="example.com" to="example.com"/>
            </delivery>
            """));
        assertThat(agent.destination(new Route("remote", "a.example"))).isEqualTo("[relay.example.org]:587");
        assertThat(agent.destination(new Route("remote", "Example.NET"))).isEqualTo("[10.0.0.7]:2525");
        assertThat(agent.destination(new Route("remote", "example.com"))).isEqualTo("example.com");
        assertThat(agent.destination(new Route("remote", "host.example:24"))).isEqualTo("[host.example]:24");
    }

    @Test void mailOfADomainWithAStoreIsTakenByTheAgentForStores() {
        var config = read("<delivery><route domain='store.example' to='lmtp:store.example:24'/></delivery>");
        var route = new Route("remote", "store.example");
        assertThat(remote(config).takes(route)).isFalse();
        assertThat(remote(config).takes(new Route("remote", "other.example"))).isTrue();
        assertThat(remote(config).takes(new Route("local", ""))).isFalse();
    }

    @Test void queuesHaveLifetimesAndDelaysAreToldOfAtTimes() {
        assertThat(read("""
            <delivery><retry>
              <delay-notice after="1 d"/> <delay-notice after="1 h"/>
              <delay-notice-unasked>false</delay-notice-unasked>
              <queue domain="Partner.example" lifetime="1 d"/> <queue priority="4" lifetime="2 h"/>
            </retry></delivery>""").retry()).isEqualTo(new RetryConfig(Duration.ofMinutes(3), Duration.ofHours(1),
            Duration.ofDays(5), Duration.ofDays(5), new Delays(List.of(Duration.ofHours(1),
            Duration.ofDays(1)), false), List.of(new RetryConfig.Other("partner.example", -9, Duration.ofDays(1)),
                new RetryConfig.Other("", 4, Duration.ofHours(2)))));
        assertThat(read("<delivery><retry><delay-notice after=\"0 s\"/></retry></delivery>").retry().delays().after())
            .isEmpty();
        assertThat(problems.all()).isEmpty();
        read("<delivery><retry>\n<queue domain=\"x.example\"/>\n<queue priority=\"10\" lifetime=\"1 d\"/>"
            + "<delay-notice/></retry></delivery>");
        assertThat(problems.all()).extracting(Problem::line).contains(2, 3);
    }

    @Test void allMistakesAreToldWithTheirLines() {
        read("""
            <delivery>
              <smart-host>relay.example.org</smart-host>
              <route domain="a.example"/>
              <route domain="b.example" to="b:99999"/>
              <route domain="c.example" to="c:1"/>
              <route domain="C.example" to="c:2"/>
              <retry><first>2 h</first><most>1 h</most></retry>
              <limits><active>0</active></limits>
              <remote><tls>maybe</tls></remote>
              <speed/>
              <lmtp><subaddress-delimiter>++</subaddress-delimiter></lmtp>
              <route domain="d.example" to="lmtp:store.example:25"/>
              <self>192.0.2.1/32</self>
            </delivery>
            """);
        assertThat(problems.all()).extracting(Problem::line).containsExactlyInAnyOrder(2, 3, 4, 6, 7, 8, 9, 10, 11,
            12, 13);
    }
}
