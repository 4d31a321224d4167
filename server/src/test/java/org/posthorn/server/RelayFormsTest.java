package org.posthorn.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.lmtp.LmtpDialect;
import org.posthorn.protocols.sasl.Authenticator;
import org.posthorn.protocols.sasl.Mechanisms;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.Incoming;
import org.posthorn.protocols.smtp.Peer;
import org.posthorn.protocols.smtp.SessionObserver;
import org.posthorn.protocols.smtp.SessionPorts;
import org.posthorn.protocols.smtp.SessionSettings;
import org.posthorn.protocols.smtp.Sink;
import org.posthorn.protocols.smtp.SmtpDialect;
import org.posthorn.protocols.smtp.SmtpSession;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.chain.Fixture;
import org.posthorn.server.chain.TestMail;
import org.posthorn.server.chain.Workshop;
import org.posthorn.server.policy.HeapRoom;
import org.posthorn.server.policy.Policies;
import org.posthorn.server.spool.InMemorySpool;

/**
 * Every form in which people have tried to have mail passed on by a server that is not theirs, refused at RCPT: the
 * real session, the real policy and conf/processors.xml as it is delivered, without authentication, with one that
 * failed, and with one that was broken off.
 */
class RelayFormsTest {

    /** example.org is hosted, with users ann and bob; any.example too, with a catch-all; relay.example is relayed. */
    private static final List<String> FOREIGN = List.of("zoe@far.example", "zoe%far.example@other.example",
        "@example.org:zoe@far.example", "@mx.example.org:zoe@far.example", "@example.org,@any.example:zoe@far.example",
        "\"zoe\"@far.example", "\"zoe@far.example\"@far.example", "\"ann@example.org\"@far.example", "zoe@[127.0.0.1]",
        "zoe@[198.18.0.1]", "zoe@[192.0.2.1]", "ann@[192.0.2.1]", "postmaster@[192.0.2.1]", "ann@[IPv6:::1]",
        "zoe@[ipv6:2001:DB8:0:0::1]", "postmaster@[IPv6:2001:db8::1]",
        "zoe@far.example.", "ZOE@FAR.Example", "zoe@XN--BCHER-KVA.example",
        "ann@sub.example.org", "ann@xexample.org", "ann@example.or", "ann@org", "ann@example.org.far.example",
        "ann@example.org.example", "ann@example-org", "example.org!ann@far.example", "ann%example.org@far.example",
        "@relay.example:zoe@far.example", "zoe@sub.relay.example", "zoe@localhost", "root@localhost.localdomain",
        "postmaster@far.example", "mailer-daemon@far.example", "ann@sub.mx.example.org");

    /** What looks like a way further, but names somebody of a hosted domain who does not exist. */
    private static final List<String> NOBODY = List.of("zoe%far.example@example.org", "zoe%far.example@EXAMPLE.org.",
        "far.example!zoe@example.org", "example.org!far.example!zoe@example.org", "\"zoe@far.example\"@example.org",
        "\"zoe%far.example\"@example.org", "\"far.example!zoe\"@example.org",
        "\"@example.org:zoe@far.example\"@example.org",
        "\"<zoe@far.example>\"@example.org", "\"zoe@far.example,ann\"@example.org", "\"zoe\\@far.example\"@example.org",
        "zoe%far.example%example.org@example.org", "\"zoe@far.example \"@example.org",
        "\"ann@example.org\"@example.org",
        "@far.example:zoe%far.example@example.org", "zoe%far.example@mx.example.org", "\"|sh\"@example.org",
        "\"zoe@[127.0.0.1]\"@example.org", "ann%example.org@mx.example.org",
        "/etc/passwd@example.org", "zoe=far.example@example.org");

    /** What is no address at all. */
    private static final List<String> MALFORMED = List.of("zoe%far.example", "zoe", "far.example!zoe",
        "example.org!zoe",
        "zoe@far.example@example.org", "ann@example.org@far.example", "ann@", "@example.org", "@far.example:ann",
        "ann@.",
        "ann@example.org>,<zoe@far.example", "ann@example..org", "ann@[300.1.1.1]", "ann@[far.example]",
        "ann@@example.org",
        "\"zoe@far.example\"", "zoe@far.example%example.org ", "ann@example.org\tzoe@far.example", "", "postmaster@",
        "@example.org;@far.example:zoe@far.example", "ann@example.org,zoe@far.example", "zoe far.example@example.org",
        "ann@exam\0ple.org", "zoe%[127.0.0.1]@example.org");

    /** They would be others for a mailet, so no step could judge them. */
    private static final List<String> UNHANDLED = List.of("ann@20010db8000000000000000000000001.ipv6-literal.invalid",
        "zoe@00000000000000000000000000000001.IPv6-literal.INVALID");

    private static final List<String> OURS = List.of("ann@example.org", "Ann@Example.ORG.", "\"ann\"@example.org",
        "@far.example:ann@example.org", "postmaster", "Postmaster", "POSTMASTER", "postmaster@example.org",
        "PostMaster@EXAMPLE.org", "postmaster@any.example", "postmaster@mx.example.org", "zoe@relay.example");

    private static final List<String> SENDERS = List.of("<>", "<zoe@far.example>", "<ann@example.org>",
        "<postmaster@example.org>", "<ann@mx.example.org>");

    @TempDir private Path folder;
    private Fixture fixture;
    private Policies policies;

    /** What a client did before it tries. */
    enum Before {
        NOTHING("EHLO client.example\n"),
        HELO("HELO client.example\n"),
        FAILED("EHLO client.example\nAUTH PLAIN " + plain("ann", "wrong") + "\n"),
        CANCELLED("EHLO client.example\nAUTH PLAIN\n*\n"),
        CANCELLED_AFTER_THE_NAME("EHLO client.example\nAUTH LOGIN\nYW5uQGV4YW1wbGUub3Jn\n*\n"),
        NO_BASE64("EHLO client.example\nAUTH PLAIN ann:pencil\n"),
        UNKNOWN_MECHANISM("EHLO client.example\nAUTH EXTERNAL YW5uQGV4YW1wbGUub3Jn\n"),
        SAID_IN_MAIL("EHLO client.example\nMAIL FROM:<ann@example.org> AUTH=ann@example.org\nRSET\n"),
        CALLED_LIKE_US("EHLO mx.example.org\n"),
        RESET("EHLO client.example\nMAIL FROM:<ann@example.org>\nRCPT TO:<ann@example.org>\nRSET\n"),
        GREETED_TWICE("EHLO client.example\nMAIL FROM:<ann@example.org>\nRCPT TO:<ann@example.org>\n"
            + "EHLO client.example\n"),
        AUTHENTICATED_BEFORE_TLS("EHLO client.example\nAUTH PLAIN " + plain("ann", "pencil")
            + "\nSTARTTLS\nEHLO client.example\n");

        private final String commands;

        Before(String commands) {
            this.commands = commands;
        }

        private static String plain(String user, String password) {
            return Base64.getEncoder().encodeToString(("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8));
        }
    }

    @BeforeEach void open() throws IOException {
        fixture = new Fixture(folder).file(Files.readString(Path.of("..", "conf", "processors.xml")));
        fixture.workshop.directory.alias("*@any.example", "ann@example.org");
        policies = new Policies(fixture.chains(), new InMemorySpool(), fixture.residents(), fixture.workshop.relay,
            HeapRoom.ample(), InstantSource.system());
    }

    @ParameterizedTest @EnumSource void aStrangerIsRefusedAtRcpt(Before before) {
        for (var sender : SENDERS) {
            assertAll(before.commands, sender, FOREIGN, "550 5.7.1 Relaying denied");
            assertAll(before.commands, sender, NOBODY, "550 5.1.1 No such user here");
            assertAll(before.commands, sender, MALFORMED, "50");
            assertAll(before.commands, sender, UNHANDLED, "553 5.1.3");
            assertAll(before.commands, sender, OURS, "250 2.1.5 Ok");
        }
    }

    @Test void aDomainInUnicodeIsNoOtherDomain() {
        var hello = "EHLO client.example\n";
        assertThat(answer(hello, "<>", "zoe@b\u00fccher.example")).startsWith("553 5.6.7");
        assertThat(answer(hello, "<> SMTPUTF8", "zoe@b\u00fccher.example")).isEqualTo("550 5.7.1 Relaying denied");
        assertThat(answer(hello, "<> SMTPUTF8", "\u00e4nn@example.org")).isEqualTo("550 5.1.1 No such user here");
        assertThat(answer(hello, "<> SMTPUTF8", "ann@\uff45xample.far")).isEqualTo("550 5.7.1 Relaying denied");
    }

    @Test void aCatchAllTakesHacksForItselfAndPassesNothingOn() {
        var forms = NOBODY.stream().filter(form -> form.toLowerCase(Locale.ROOT).endsWith("@example.org"))
            .filter(form -> !form.startsWith("@")).map(form -> form.replaceAll("(?i)@example\\.org$", "@any.example"))
            .toList();
        assertThat(forms).hasSizeGreaterThan(10);
        assertAll("EHLO client.example\n", "<zoe@far.example>", forms, "250 2.1.5 Ok");
        for (var form : Stream.of("zoe%far.example@any.example", "far.example!zoe@any.example",
            "zoe@far.example@any.example").toList()) {
            var told = fixture.chains().with(chain -> Workshop.told(chain.run("root", TestMail.to(form))));
            assertThat(told).as(form).filteredOn(line -> !line.contains(" Replaced ")).singleElement().asString()
                .startsWith("ann@example.org Routed ");
        }
    }

    @ParameterizedTest @ValueSource(strings = {"192.0.2.9", "198.51.100.9"})
    void lmtpDeliversHereAndNowhereElse(String trustedOrNot) {
        var settings = settings().withDialect(LmtpDialect.LMTP).withListener("lmtp");
        for (var form : FOREIGN) {
            assertThat(last(settings, trustedOrNot, "LHLO c\nMAIL FROM:<>\nRCPT TO:<" + form + ">\n")).as(form)
                .isEqualTo("550 5.7.1 Relaying denied");
        }
        for (var form : NOBODY) {
            assertThat(last(settings, trustedOrNot, "LHLO c\nMAIL FROM:<>\nRCPT TO:<" + form + ">\n")).as(form)
                .isEqualTo("550 5.1.1 No such user here");
        }
    }

    @Test void submissionRefusesTheSenderAlready() {
        var settings = settings().withAccess(new SessionSettings.Access(false, true, true)).withListener("submission");
        for (var before : List.of(Before.NOTHING, Before.FAILED, Before.CANCELLED, Before.NO_BASE64)) {
            for (var sender : SENDERS) {
                assertThat(last(settings, "192.0.2.9", before.commands + "MAIL FROM:" + sender + "\n")).isEqualTo(
                    "530 5.7.0 Authentication required");
            }
        }
    }

    @Test void aUserReachesEverybodyElsewhere() {
        var hello = "EHLO client.example\nAUTH PLAIN " + Before.plain("ann", "pencil") + "\n";
        assertAll(hello, "<ann@example.org>", FOREIGN, "250 2.1.5 Ok");
        assertAll(hello, "<ann@example.org>", NOBODY, "550 5.1.1 No such user here");
    }

    private void assertAll(String before, String sender, List<String> forms, String expected) {
        var wrong = new ArrayList<String>();
        for (var form : forms) {
            var answer = answer(before, sender, form);
            if (!answer.startsWith(expected)) {
                wrong.add(form + " from " + sender + ": " + answer);
            }
        }
        assertThat(wrong).as("expected " + expected).isEmpty();
    }

    private String answer(String before, String sender, String recipient) {
        return last(settings(), "192.0.2.9", before + "MAIL FROM:" + sender + "\nRCPT TO:<" + recipient + ">\n");
    }

    private static SessionSettings settings() {
        return SessionSettings.smtp("mx.example.org").withDialect(SmtpDialect.SMTP)
            .withAccess(new SessionSettings.Access(false, false, true))
            .withTolerance(new SessionSettings.Tolerance(false, true));
    }

    /** The last reply of a session. */
    private String last(SessionSettings settings, String client, String commands) {
        var wire = new ScriptedWire(commands, client);
        new SmtpSession("c1", wire, settings, new SessionPorts(policies.open(), new Nothing(),
            Mechanisms.of(new OneUser(), new Random(1)), SessionObserver.none())).run();
        var lines = wire.heard().strip().lines().toList();
        return lines.getLast();
    }

    /** Knows ann with the password pencil. */
    private static final class OneUser implements Authenticator {
        @Override public Result password(String user, String password) {
            return user.equals("ann") && password.equals("pencil") ? new Result.Granted("ann@example.org")
                : new Result.Denied();
        }

        @Override public Lookup scram(String user) {
            return new Lookup.Unavailable("not in this test");
        }
    }

    /** No message comes as far as this. */
    private static final class Nothing implements Sink {
        @Override public Optional<Reply> mail(Peer peer, Envelope envelope) {
            return Optional.empty();
        }

        @Override public Incoming open(Peer peer, Envelope envelope) {
            throw new AssertionError("refused at RCPT, not at DATA");
        }
    }
}
