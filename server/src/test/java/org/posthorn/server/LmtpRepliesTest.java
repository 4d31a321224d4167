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
import org.posthorn.protocols.lmtp.LmtpSession;
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
import org.posthorn.server.intake.Replies;
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
import org.posthorn.server.users.Quota;
import org.posthorn.server.users.UsersConfig;

/** What LMTP clients hear of users with and without room (RFC 2033 section 4.2), and what is kept then. */
class LmtpRepliesTest {

    private static final String HOST = "mx.example.org";

    @TempDir private Path mail;
    private final InMemorySpool spool = new InMemorySpool();
    private final MemoryDirectory directory = new MemoryDirectory().user("bob@example.org").user("full@example.org")
        .user("ann@example.org").alias("team@example.org", "full@example.org", "bob@example.org");
    private UsersConfig.OverQuota overQuota = UsersConfig.OverQuota.DEFER;
    private Injector injector;
    private List<Service> services = List.of();

    /** What lies around the path. */
    private final class World extends AbstractModule {
        @Override protected void configure() {
            bind(Spool.class).toInstance(spool);
            bind(Disk.class).toInstance(Disk.real());
            bind(Directory.class).toInstance(directory);
            bind(Srs.class).toInstance(TestSrs.of("example.org", InstantSource.system()));
            bind(UsersConfig.class).toInstance(new UsersConfig("+", Optional.empty(), 9,
                UsersConfig.Passwords.DEFAULT, new UsersConfig.Quotas(Quota.NONE, overQuota)));
            bind(Dns.class).toInstance(new ZoneDns());
            bind(SecureDns.class).toInstance(new FakeSecureDns());
            bind(InstantSource.class).toInstance(InstantSource.system());
            bind(RandomGenerator.class).toInstance(new Random(1));
            bind(DeadlineWatch.class).toInstance(new DeadlineWatch());
        }
    }

    @BeforeEach void fill() {
        directory.setQuota(new Mailbox("full", "example.org"), Optional.of(new Quota(1, Quota.UNLIMITED)));
    }

    private void open() throws IOException {
        injector = Guice.createInjector(
            new ChainModule(new ChainConfig(Path.of("..", "conf", "processors.xml"), List.of()),
                new RelayConfig(List.of(), Set.of()), new ServerIdentity(HOST, new Mailbox("postmaster", HOST))),
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

    @AfterEach void close() {
        services.reversed().forEach(service -> service.stop(Duration.ofSeconds(5)));
        spool.stop(Duration.ZERO);
    }

    /** What is heard after the final dot. */
    private List<String> lmtp(Replies replies, String... recipients) {
        var rcpt = Stream.of(recipients).map(name -> "RCPT TO:<" + name + "@example.org>\n").toList();
        var wire = new ScriptedWire("LHLO client.example\nMAIL FROM:<ann@example.org>\n" + String.join("", rcpt)
            + "DATA\nSubject: x\n\nx\n.\nQUIT\n");
        var policy = injector.getInstance(Policies.class).open();
        var sink = injector.getInstance(Intake.class).open(policy, replies);
        new LmtpSession("c1", wire, SessionSettings.smtp(HOST).withListener("lmtp")
            .withTolerance(new SessionSettings.Tolerance(false, true)),
            new SessionPorts(policy, sink, Mechanisms.none(), SessionObserver.none())).run();
        var heard = wire.heard();
        return heard.substring(heard.indexOf("354 ")).lines().skip(1).filter(line -> !line.startsWith("221"))
            .map(line -> line.replaceAll("(queued as|Ok:) (?!queued)[0-9a-z]+", "$1 ID")).toList();
    }

    private int arrived(String user) {
        var fresh = mail.resolve("example.org").resolve(user).resolve("Maildir").resolve("new");
        try (Stream<Path> files = Files.isDirectory(fresh) ? Files.list(fresh) : Stream.empty()) {
            return (int) files.count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(BooleanSupplier condition) {
        var end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("the time until it happens").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test void theGoodOneGetsItAndTheFullOneIsLeftToTheClientInBothOrders() throws IOException {
        open();
        var good = "250 2.0.0 Delivered to the mailbox of bob@example.org";
        var full = "452 4.2.2 The mailbox of full@example.org is full";
        assertThat(lmtp(Replies.DELIVERED, "bob", "full")).containsExactly(good, full);
        assertThat(lmtp(Replies.DELIVERED, "full", "bob")).containsExactly(full, good);
        assertThat(arrived("bob")).isEqualTo(2);
        assertThat(arrived("full")).isZero();
        assertThat(spool.counts()).as("nothing is queued").isEqualTo(new Spool.Counts(0, 0, 0));
        assertThat(arrived("ann")).as("nothing is reported").isZero();
    }

    @Test void aFullMailboxMayBeAFailureAndIsReportedByNobody() throws IOException {
        overQuota = UsersConfig.OverQuota.REJECT;
        open();
        assertThat(lmtp(Replies.DELIVERED, "full", "bob")).containsExactly(
            "552 5.2.2 The mailbox of full@example.org is full",
            "250 2.0.0 Delivered to the mailbox of bob@example.org");
        assertThat(spool.counts()).isEqualTo(new Spool.Counts(0, 0, 0));
        assertThat(arrived("ann")).isZero();
    }

    @Test void aListenerThatQueuesSays250AndTheRestIsOurs() throws IOException {
        overQuota = UsersConfig.OverQuota.REJECT;
        open();
        assertThat(lmtp(Replies.QUEUED, "full", "bob")).containsExactly("250 2.0.0 Ok: queued as ID",
            "250 2.0.0 Ok: queued as ID");
        await(() -> arrived("bob") == 1 && arrived("ann") == 1);
        await(() -> spool.counts().equals(new Spool.Counts(0, 0, 0)));
    }

    @Test void aListenerThatQueuesTriesAgainWhatIsDeferred() throws IOException {
        open();
        assertThat(lmtp(Replies.QUEUED, "full")).containsExactly("250 2.0.0 Ok: queued as ID");
        await(() -> spool.list(Optional.empty(), 9).stream().anyMatch(message -> message.recipients().getFirst()
            .state().toString().contains("452 4.2.2")));
        assertThat(spool.counts().routed()).isEqualTo(1);
    }

    @Test void anAliasOfOneIsAnsweredAsThatOneIs() throws IOException {
        directory.alias("info@example.org", "help@example.org").alias("help@example.org", "full@example.org")
            .alias("desk@example.org", "bob@example.org");
        open();
        assertThat(lmtp(Replies.DELIVERED, "info", "desk", "ann")).containsExactly(
            "452 4.2.2 The mailbox of full@example.org is full",
            "250 2.0.0 Delivered to the mailbox of bob@example.org",
            "250 2.0.0 Delivered to the mailbox of ann@example.org");
        assertThat(spool.counts()).as("nothing is queued").isEqualTo(new Spool.Counts(0, 0, 0));
        assertThat(arrived("ann")).as("nothing is reported").isEqualTo(1);
    }

    @Test void namesOfOneMailboxGetOneCopyAndAReplyEach() throws IOException {
        directory.alias("info@example.org", "full@example.org").alias("desk@example.org", "full@example.org")
            .alias("help@example.org", "bob@example.org");
        open();
        var full = "452 4.2.2 The mailbox of full@example.org is full";
        assertThat(lmtp(Replies.DELIVERED, "info", "desk", "full", "info")).containsExactly(full, full, full, full);
        assertThat(lmtp(Replies.DELIVERED, "bob", "help", "bob")).hasSize(3)
            .allMatch(reply -> reply.startsWith("250 2.0.0 ") && reply.endsWith(
                "Delivered to the mailbox of bob@example.org")).anyMatch(reply -> reply.contains("In one copy with"));
        assertThat(arrived("bob")).isEqualTo(1);
        assertThat(spool.counts()).as("nothing is queued").isEqualTo(new Spool.Counts(0, 0, 0));
        assertThat(arrived("ann")).as("nothing is reported").isZero();
    }

    @Test void whatAnAliasOfSeveralDefersIsKeptWhileTheClientWaitsForOthers() throws IOException {
        open();
        assertThat(lmtp(Replies.DELIVERED, "team", "full")).containsExactly("250 2.0.0 Ok: ID",
            "452 4.2.2 The mailbox of full@example.org is full");
        for (var i = 0; i < 20; i++) {
            assertThat(lmtp(Replies.DELIVERED, "team", "bob").getFirst()).isEqualTo("250 2.0.0 Ok: ID");
        }
        // One each, and the first message's: its client was told 250 for the alias, and 452 for the user by name.
        await(() -> spool.counts().routed() == 21);
    }

    @Test void anAliasIsOursOnceItWentOnAndWhatFailsOfItIsReported() throws IOException {
        overQuota = UsersConfig.OverQuota.REJECT;
        open();
        assertThat(lmtp(Replies.DELIVERED, "team")).containsExactly("250 2.0.0 Ok: ID");
        await(() -> arrived("bob") == 1 && arrived("ann") == 1);
        await(() -> spool.counts().equals(new Spool.Counts(0, 0, 0)));
    }

    @Test void whoForwardsAndKeepsACopyIsAnsweredAsAnAliasOfSeveral() throws IOException {
        directory.alias("full@example.org", "full@example.org", "bob@example.org");
        open();
        for (var sent = 1; sent <= 5; sent++) {
            assertThat(lmtp(Replies.DELIVERED, "full")).as("the client must not send it to bob again")
                .containsExactly("250 2.0.0 Ok: ID");
            var copies = sent;
            await(() -> arrived("bob") == copies);
        }
        await(() -> spool.counts().equals(new Spool.Counts(0, 5, 0)));
    }

    @Test void overSmtpTheFullMailboxIsToldAtRcpt() throws IOException {
        open();
        var wire = new ScriptedWire("EHLO client.example\nMAIL FROM:<ann@example.org> SIZE=400\n"
            + "RCPT TO:<full@example.org>\nRCPT TO:<bob@example.org>\nRSET\nMAIL FROM:<ann@example.org>\n"
            + "RCPT TO:<full+sub@example.org>\nQUIT\n");
        directory.setQuota(new Mailbox("full", "example.org"), Optional.of(new Quota(399, Quota.UNLIMITED)));
        directory.setQuota(new Mailbox("bob", "example.org"), Optional.of(new Quota(400, 1)));
        var policy = injector.getInstance(Policies.class).open();
        new SmtpSession("c1", wire, SessionSettings.smtp(HOST).withTolerance(
            new SessionSettings.Tolerance(false, true)), new SessionPorts(policy, injector.getInstance(Intake.class)
            .open(policy), Mechanisms.none(), SessionObserver.none())).run();
        assertThat(wire.heard()).contains("\n250 2.1.0 Ok\n452 4.2.2 The mailbox is full\n250 2.1.5 Ok\n250 2.0.0 Ok\n"
            + "250 2.1.0 Ok\n250 2.1.5 Ok\n");
    }
}
