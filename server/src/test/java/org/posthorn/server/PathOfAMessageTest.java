package org.posthorn.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Key;
import com.google.inject.TypeLiteral;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.protocols.sasl.Mechanisms;
import org.posthorn.protocols.smtp.SessionObserver;
import org.posthorn.protocols.smtp.SessionPorts;
import org.posthorn.protocols.smtp.SessionSettings;
import org.posthorn.protocols.smtp.SmtpSession;
import org.posthorn.server.auth.AuthConfig;
import org.posthorn.server.auth.AuthModule;
import org.posthorn.server.bounce.BounceConfig;
import org.posthorn.server.bounce.BounceModule;
import org.posthorn.server.chain.ChainConfig;
import org.posthorn.server.chain.ChainModule;
import org.posthorn.server.chain.RelayConfig;
import org.posthorn.server.chain.ServerIdentity;
import org.posthorn.server.config.Sections;
import org.posthorn.server.delivery.DeliveryConfig;
import org.posthorn.server.delivery.DeliveryModule;
import org.posthorn.server.delivery.Limits;
import org.posthorn.server.delivery.RetryConfig;
import org.posthorn.server.delivery.lmtp.LmtpConfig;
import org.posthorn.server.delivery.local.LocalConfig;
import org.posthorn.server.delivery.remote.RemoteConfig;
import org.posthorn.server.delivery.tls.FakeSecureDns;
import org.posthorn.server.delivery.tls.TlsConfig;
import org.posthorn.server.dns.Dns;
import org.posthorn.server.dns.SecureDns;
import org.posthorn.server.dns.ZoneDns;
import org.posthorn.server.intake.Intake;
import org.posthorn.server.intake.IntakeConfig;
import org.posthorn.server.intake.IntakeModule;
import org.posthorn.server.pipeline.PipelineConfig;
import org.posthorn.server.pipeline.PipelineModule;
import org.posthorn.server.policy.Policies;
import org.posthorn.server.policy.PolicyModule;
import org.posthorn.server.spool.Disk;
import org.posthorn.server.spool.Event;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.Spool;
import org.posthorn.server.srs.Srs;
import org.posthorn.server.srs.TestSrs;
import org.posthorn.server.users.Directory;
import org.posthorn.server.users.MemoryDirectory;
import org.posthorn.server.users.UsersConfig;

/**
 * One message on its whole way, station by station, over a wire, a zone and a spool in memory:
 * net, smtp, policy, intake, spool, pipeline, delivery, bounce. See docs/path-of-a-message.md.
 */
class PathOfAMessageTest {

    private static final String HOST = "mx.example.org";

    @TempDir private Path mail;
    private final InMemorySpool spool = new InMemorySpool();
    private final MemoryDirectory directory = new MemoryDirectory();
    private final ZoneDns zone = new ZoneDns().mx("far.example", 0, "");   // the null MX: takes no mail at all
    private Injector injector;
    private List<Service> services;

    @BeforeEach void open() throws IOException {
        directory.addDomain("example.org");
        directory.addUser(new Mailbox("ann", "example.org"), Optional.empty());
        directory.addUser(new Mailbox("bob", "example.org"), Optional.empty());
        var trusted = RelayConfig.read(Sections.of("relay",
            "<relay><trust>192.0.2.9/32</trust></relay>"));
        injector = Guice.createInjector(
            new ChainModule(new ChainConfig(Path.of("..", "conf", "processors.xml"), List.of()), trusted,
                new ServerIdentity(HOST, new Mailbox("postmaster", HOST))),
            new AuthModule(AuthConfig.of(HOST)), new PolicyModule(), new IntakeModule(IntakeConfig.of(HOST, 1 << 20)),
            new BounceModule(BounceConfig.of(HOST)),
            new DeliveryModule(new DeliveryConfig(RetryConfig.DEFAULT, Limits.DEFAULT,
                new LocalConfig(mail, HOST, 4), LmtpConfig.of(HOST), RemoteConfig.of(HOST),
                TlsConfig.of(HOST, mail))),
            new PipelineModule(PipelineConfig.DEFAULT), new World());
        services = List.copyOf(injector.getInstance(Key.get(new TypeLiteral<Set<Service>>() { })));
        spool.start();
        for (var service : services) {
            service.start();
        }
    }

    /** What lies around the path. */
    private final class World extends AbstractModule {
        @Override protected void configure() {
            bind(Spool.class).toInstance(spool);
            bind(Disk.class).toInstance(Disk.real());
            bind(Directory.class).toInstance(directory);
            bind(UsersConfig.class).toInstance(UsersConfig.defaults());
            bind(Dns.class).toInstance(zone);
            bind(SecureDns.class).toInstance(new FakeSecureDns());
            bind(Srs.class).toInstance(TestSrs.of("example.org", InstantSource.system()));
            bind(InstantSource.class).toInstance(InstantSource.system());
            bind(RandomGenerator.class).toInstance(new Random(1));
            bind(DeadlineWatch.class).toInstance(new DeadlineWatch());
        }
    }

    @AfterEach void close() {
        services.reversed().forEach(service -> service.stop(Duration.ofSeconds(5)));
        spool.stop(Duration.ZERO);
    }

    @Test void aMessageIsDeliveredToOneAndReportedForAnother() throws IOException {
        // net: a connection. smtp: the session on it asks policy, and gives the octets to intake.
        var wire = new ScriptedWire("""
            EHLO client.example
            MAIL FROM:<bob@example.org>
            RCPT TO:<ann@example.org>
            RCPT TO:<nobody@example.org>
            RCPT TO:<kim@far.example>
            DATA
            Return-Path: <forged@example.net>
            Subject: hello

            Hello, both of you.
            .
            QUIT
            """);
        var policy = injector.getInstance(Policies.class).open();
        var sink = injector.getInstance(Intake.class).open(policy);
        var settings = SessionSettings.smtp(HOST).withTolerance(new SessionSettings.Tolerance(false, true));
        new SmtpSession("c1", wire, settings,
            new SessionPorts(policy, sink, Mechanisms.none(), SessionObserver.none())).run();
        assertThat(wire.heard()).contains("550 5.1.1 No such user here\n", "250 2.0.0 Ok: queued as ");

        // spool, pipeline, delivery, bounce: each writes down what it did.
        var id = queued(wire.heard());
        await(() -> words(id).contains("delivered") && words(id).contains("reported"));
        assertThat(words(id)).startsWith("accepted", "accepted", "received")
            .contains("routed", "delivered", "bounced", "reported");
        var delivered = only("ann");
        assertThat(delivered).startsWith("Return-Path: <bob@example.org>\nDelivered-To: ann@example.org\n"
            + "Received: from client.example").contains("id " + id + ";\n", "Hello, both of you.\n")
            .doesNotContain("forged@example.net");

        // The report has come the same way, from intake's side of the spool on.
        await(() -> arrived("bob").size() == 1);
        assertThat(only("bob")).startsWith("Return-Path: <>\n").contains("kim@far.example", "Status: 5.1.10",
            "Subject: hello");
    }

    private static QueueId queued(String heard) {
        var after = heard.substring(heard.indexOf("queued as ") + "queued as ".length());
        return QueueId.parse(after.substring(0, after.indexOf('\n')));
    }

    private List<String> words(QueueId id) {
        return spool.history(id).stream().map(Event::what).toList();
    }

    private List<Path> arrived(String user) {
        var fresh = mail.resolve("example.org").resolve(user).resolve("Maildir").resolve("new");
        if (!Files.isDirectory(fresh)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(fresh)) {
            return files.toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private String only(String user) throws IOException {
        var files = arrived(user);
        assertThat(files).hasSize(1);
        return Files.readString(files.getFirst());
    }

    private static void await(BooleanSupplier condition) {
        var end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("the time until it happens").isLessThan(end);
            LockSupport.parkNanos(1_000_000);   // leaves the processor to the stations
        }
    }
}
