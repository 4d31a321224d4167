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
import org.posthorn.server.delivery.remote.FakeServer;
import org.posthorn.server.delivery.tls.FakeSecureDns;
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
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.Spool;
import org.posthorn.server.srs.Srs;
import org.posthorn.server.srs.TestSrs;
import org.posthorn.server.users.Directory;
import org.posthorn.server.users.MemoryDirectory;
import org.posthorn.server.users.UsersConfig;

/**
 * A forward on its way out, and its report on the way back, between a sender's host and the host it is forwarded to.
 */
class ForwardingTest {

    private static final String HOST = "mx.example.org";

    @TempDir private Path home;
    private final InMemorySpool spool = new InMemorySpool();
    private final MemoryDirectory directory = new MemoryDirectory();
    private FakeServer senders;
    private FakeServer away;
    private volatile String answerAway = "";
    private Injector injector;
    private List<Service> services = List.of();

    @BeforeEach void open() throws IOException {
        directory.user("ann@example.org").user("bob@example.org");
        directory.addDomainAlias("example.net", "example.org");
        directory.setForward(new Mailbox("ann", "example.org"),
            List.of(new Mailbox("ann", "example.org"), new Mailbox("ann", "away.example")));
        directory.alias("all@example.org", "ann@example.org", "bob@example.org");
        senders = new FakeServer(_ -> "");
        away = new FakeServer(command -> command.startsWith("RCPT") ? answerAway : "");
        var delivery = DeliveryConfig.read(Sections.of("delivery", "<delivery>"
            + "<route domain=\"far.example\" to=\"127.0.0.1:" + senders.port() + "\"/>"
            + "<route domain=\"away.example\" to=\"127.0.0.1:" + away.port() + "\"/></delivery>"), home, HOST);
        injector = Guice.createInjector(
            new ChainModule(new ChainConfig(Path.of("..", "conf", "processors.xml"), List.of()),
                new RelayConfig(List.of(), Set.of()), new ServerIdentity(HOST, new Mailbox("postmaster", HOST))),
            new AuthModule(AuthConfig.of(HOST)), new PolicyModule(), new IntakeModule(IntakeConfig.of(HOST, 1 << 20)),
            new BounceModule(BounceConfig.of(HOST)), new DeliveryModule(delivery),
            new PipelineModule(PipelineConfig.DEFAULT), new World());
        services = List.copyOf(injector.getInstance(Key.get(new TypeLiteral<Set<Service>>() { })));
        injector.getInstance(DeadlineWatch.class).start();
        spool.start();
        for (var service : services) {
            service.start();
        }
    }

    private final class World extends AbstractModule {
        @Override protected void configure() {
            bind(Spool.class).toInstance(spool);
            bind(Disk.class).toInstance(Disk.real());
            bind(Directory.class).toInstance(directory);
            bind(UsersConfig.class).toInstance(UsersConfig.defaults());
            bind(Dns.class).toInstance(new ZoneDns());
            bind(SecureDns.class).toInstance(new FakeSecureDns());
            bind(Srs.class).toInstance(TestSrs.of("example.org", InstantSource.system()));
            bind(InstantSource.class).toInstance(InstantSource.system());
            bind(RandomGenerator.class).toInstance(new Random(1));
            bind(DeadlineWatch.class).toInstance(new DeadlineWatch());
        }
    }

    @AfterEach void close() throws IOException {
        services.reversed().forEach(service -> service.stop(Duration.ofSeconds(5)));
        spool.stop(Duration.ZERO);
        injector.getInstance(DeadlineWatch.class).stop();
        senders.close();
        away.close();
    }

    private String say(String from, String... recipients) {
        var wire = new ScriptedWire("EHLO client.example\nMAIL FROM:<" + from + ">\n"
            + String.join("", Stream.of(recipients).map(to -> "RCPT TO:<" + to + ">\n").toList())
            + "DATA\nSubject: hello\n\nHello.\n.\nQUIT\n");
        var policy = injector.getInstance(Policies.class).open();
        var settings = SessionSettings.smtp(HOST).withTolerance(new SessionSettings.Tolerance(false, true));
        new SmtpSession("c1", wire, settings, new SessionPorts(policy, injector.getInstance(Intake.class).open(policy),
            Mechanisms.none(), SessionObserver.none())).run();
        return wire.heard();
    }

    private static void await(BooleanSupplier condition) {
        var end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("the time until it happens").isLessThan(end);
            LockSupport.parkNanos(1_000_000);   // leaves the processor to the stations
        }
    }

    private static void awaitMessages(FakeServer server, int count) {
        await(() -> server.heard("QUIT") == count);
    }

    private List<Path> arrived(String user) {
        var fresh = home.resolve("mail").resolve("example.org").resolve(user).resolve("Maildir").resolve("new");
        try (Stream<Path> files = Files.isDirectory(fresh) ? Files.list(fresh) : Stream.empty()) {
            return files.toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private String returnPath() {
        return away.heard().stream().filter(line -> line.startsWith("MAIL FROM:<")).findFirst().orElseThrow()
            .replaceFirst("MAIL FROM:<(.*)>.*", "$1");
    }

    @Test void aForwardKeepsACopyAndItsReportFindsTheSender() throws IOException {
        assertThat(say("zoe@far.example", "Ann@example.net")).contains("250 2.0.0 Ok: queued");
        awaitMessages(away, 1);
        assertThat(returnPath()).matches("SRS0=.{6}=..=far\\.example=zoe@example\\.org");
        assertThat(away.heard()).contains("RCPT TO:<ann@away.example>", "> Delivered-To: Ann@example.org")
            .noneMatch(line -> line.startsWith("> Return-Path"));
        await(() -> arrived("ann").size() == 1);
        assertThat(Files.readString(arrived("ann").getFirst()))
            .startsWith("Return-Path: <zoe@far.example>\nDelivered-To: ann@example.org\n");

        assertThat(say("", returnPath())).contains("250 2.0.0 Ok: queued");
        awaitMessages(senders, 1);
        assertThat(senders.heard()).contains("MAIL FROM:<>", "RCPT TO:<zoe@far.example>", "> Hello.");
    }

    @Test void aForgedReturnPathIsRefused() {
        say("zoe@far.example", "ann@example.org");
        awaitMessages(away, 1);
        assertThat(say("", returnPath().replace("zoe", "eve"))).contains(
            "550 5.7.1 This return path is not ours, or too old\n").doesNotContain("queued");
        assertThat(say("", "SRS0=abcdef=AA=far.example=zoe@example.org")).contains("550 5.7.1 ");
        assertThat(senders.heard()).isEmpty();
    }

    @Test void ourOwnReportOnAForwardGoesToTheSender() {
        answerAway = "550 5.1.1 Gone away";
        say("zoe@far.example", "ann@example.org");
        awaitMessages(senders, 1);
        assertThat(senders.heard()).contains("MAIL FROM:<>", "RCPT TO:<zoe@far.example>",
            "> Final-Recipient: rfc822; ann@away.example", "> Original-Recipient: rfc822; ann@example.org");
    }

    @Test void whoeverIsNamedByManyNamesGetsOneCopy() {
        say("zoe@far.example", "all@example.org", "bob@example.org", "ann@example.org", "BOB@example.net",
            "bob@example.org");
        awaitMessages(away, 1);
        await(() -> spool.list(Optional.empty(), 10).isEmpty());
        assertThat(arrived("bob")).hasSize(1);
        assertThat(arrived("ann")).hasSize(1);
        assertThat(away.heard("RCPT TO:<ann@away.example>")).isEqualTo(1);
    }

    @Test void aForwardThatIsForwardedBackEndsWithAReport() {
        say("zoe@far.example", "ann@example.org");
        awaitMessages(away, 1);
        await(() -> arrived("ann").size() == 1);
        var wire = new ScriptedWire("EHLO away.example\nMAIL FROM:<" + returnPath() + ">\nRCPT TO:<ann@example.org>\n"
            + "DATA\nDelivered-To: ann@example.org\nSubject: hello\n\nHello.\n.\nQUIT\n");
        var policy = injector.getInstance(Policies.class).open();
        new SmtpSession("c2", wire, SessionSettings.smtp(HOST).withTolerance(
            new SessionSettings.Tolerance(false, true)), new SessionPorts(policy,
                injector.getInstance(Intake.class).open(policy), Mechanisms.none(), SessionObserver.none())).run();
        awaitMessages(senders, 1);
        assertThat(senders.heard()).contains("RCPT TO:<zoe@far.example>").anyMatch(line -> line.contains("5.4.6"));
        assertThat(arrived("ann")).hasSize(1);
        assertThat(away.heard("QUIT")).isEqualTo(1);
    }
}
