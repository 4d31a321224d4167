package org.posthorn.server.delivery.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.client.Credentials;
import org.posthorn.protocols.sasl.Authenticator;
import org.posthorn.protocols.sasl.Mechanism;
import org.posthorn.protocols.sasl.Mechanisms;
import org.posthorn.server.config.SecretFile;
import org.posthorn.server.dns.Dns;

/** Smart hosts in order, with logins, against servers on loopback ports. */
class RelaysTest {

    private static final String TAKEN = "delivered 250 2.0.0 Taken";

    private final RemoteBench bench = new RemoteBench();
    @TempDir Path home;

    @AfterEach void close() throws IOException {
        bench.close();
    }

    private static String at(FakeServer server) {
        return "127.0.0.1:" + server.port();
    }

    private static String nobody() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return "127.0.0.1:" + socket.getLocalPort();
        }
    }

    private List<String> deliver() throws IOException {
        return bench.deliver("example.net", "a");
    }

    private Optional<Login> login(String user, boolean inClear) throws IOException {
        var file = home.resolve(user + ".password");
        Files.writeString(file, "secret\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return Optional.of(new Login(user, new SecretFile(file), Credentials.How.ANY, inClear));
    }

    /** A server that knows this user, over TLS. */
    private static UnaryOperator<String> asking(String user) {
        var proof = Base64.getEncoder().encodeToString(("\0" + user + "\0secret").getBytes(StandardCharsets.UTF_8));
        return line -> line.startsWith("EHLO") ? "250-fake\n250-STARTTLS\n250 AUTH PLAIN"
            : line.equals("STARTTLS") ? "220 Go"
            : line.equals("AUTH PLAIN " + proof) ? "235 2.7.0 Welcome"
            : line.startsWith("AUTH") ? "535 5.7.8 Who are you" : "";
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "554 5.7.1 Go away", "521 No mail here", "421 4.3.2 Later", "close", "nonsense"})
    void theNextSmartHostIsAskedWhenNothingCanBeSaidToTheFirst(String greeting) throws IOException {
        var first = bench.server(line -> line.isEmpty() ? greeting : "");
        var second = bench.server(_ -> "");
        bench.routes = TestRoutes.smart(TestRoutes.relay(greeting.equals("nobody") ? nobody() : at(first)),
            TestRoutes.relay(at(second)));
        assertThat(deliver()).containsExactly(TAKEN);
        assertThat(second.heard("> Hello")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"MAIL,451 4.7.1 Later,deferred RECIPIENT", "MAIL,550 5.7.1 No,failed",
        "RCPT,450 4.2.1 Later,deferred RECIPIENT",
        "RCPT,550 5.1.1 No,failed", ".,554 5.6.0 No,failed", ".,close,deferred RECIPIENT"})
    void whatASmartHostSaysToAMessageIsFinal(String command, String answer, String outcome) throws IOException {
        var first = bench.server(line -> line.split("[ :]", 2)[0].equals(command) ? answer : "");
        var second = bench.server(_ -> "");
        bench.routes = TestRoutes.smart(TestRoutes.relay(at(first)), TestRoutes.relay(at(second)));
        assertThat(deliver()).singleElement().asString().startsWith(outcome);
        assertThat(second.heard()).isEmpty();
    }

    @Test void eachSmartHostIsTriedHoweverLongTheOnesBeforeItTook() throws IOException {
        bench.search = Duration.ZERO;
        var dead = nobody().substring("127.0.0.1".length());
        bench.zone.address("one.example", "127.0.0.2").address("one.example", "127.0.0.3")
            .address("two.example", "127.0.0.4").address("two.example", "127.0.0.5");
        var third = bench.server(_ -> "");
        bench.routes = TestRoutes.smart(TestRoutes.relay("one.example" + dead), TestRoutes.relay("two.example" + dead),
            TestRoutes.relay(at(third)));
        assertThat(deliver()).containsExactly(TAKEN);
    }

    /** RFC 4954 section 6, RFC 3207 section 4. */
    @ParameterizedTest
    @ValueSource(strings = {"530 5.7.0 Authentication required", "530 5.7.0 Must issue a STARTTLS command first",
        "538 5.7.11 Encryption required", "523 5.7.10 Encryption needed"})
    void aSmartHostThatWantsUsToComeOtherwiseIsOurMistake(String answer) throws IOException {
        var first = bench.server(line -> line.startsWith("MAIL") ? answer : "");
        bench.routes = TestRoutes.smart(TestRoutes.relay(at(first)));
        assertThat(deliver()).singleElement().asString().startsWith("deferred DESTINATION 451 4.7.0").contains(answer);
        var second = bench.server(_ -> "");
        bench.routes = TestRoutes.smart(TestRoutes.relay(at(first)), TestRoutes.relay(at(second)));
        assertThat(deliver()).as("the next one, after a kept connection too").containsExactly(TAKEN);
        assertThat(first.heard("> Hello")).isZero();
    }

    @Test void allSmartHostsDownMakesMailWait() throws IOException {
        bench.routes = TestRoutes.smart(TestRoutes.relay(nobody()), TestRoutes.relay(nobody()));
        assertThat(deliver()).singleElement().asString().startsWith("deferred DESTINATION 451 4.4.1");
    }

    @Test void aSmartHostWithoutAddressIsPassedOver() throws IOException {
        var second = bench.server(_ -> "");
        bench.routes = TestRoutes.smart(TestRoutes.relay("none.example:25"), TestRoutes.relay(at(second)));
        assertThat(deliver()).containsExactly(TAKEN);
    }

    @Test void aSmartHostThatTakesNoMailIsOurMistake() throws IOException {
        var refusing = bench.server(line -> line.isEmpty() ? "521 No mail here" : "");
        bench.routes = TestRoutes.smart(TestRoutes.relay(at(refusing)));
        assertThat(deliver()).singleElement().asString().startsWith("deferred DESTINATION 451 4.3.5");
        bench.routes = new Routes(Map.of(new Routes.Key("example.net", ""),
            List.of(TestRoutes.relay("nowhere.example"))), List.of(), List.of());
        assertThat(deliver()).singleElement().asString().startsWith("deferred DESTINATION 451 4.3.5")
            .contains("does not exist");
    }

    /** By a slip in somebody's DNS: what comes to us for its domain is not undeliverable for that. */
    @Test void aChosenDomainWhoseExchangerIsThisServerIsOurMistake() throws IOException {
        bench.zone.mx("isp.example", 10, "me.example").address("me.example", "127.0.0.1");
        bench.routes = new Routes(Map.of(new Routes.Key("example.net", ""),
            List.of(TestRoutes.relay("isp.example"))), List.of(), List.of());
        assertThat(deliver()).singleElement().asString()
            .startsWith("deferred DESTINATION 451 4.3.5 The way that is configured leads nowhere: 554 5.4.6");
    }

    @Test void aLoginGoesUnderTls() throws IOException, GeneralSecurityException {
        var server = bench.server(asking("ann"), Optional.of(TestTls.selfSigned()));
        bench.routes = TestRoutes.smart(TestRoutes.relay(at(server), Security.REQUIRED, login("ann", false)));
        assertThat(deliver()).containsExactly(TAKEN);
        assertThat(server.heard()).containsSubsequence("STARTTLS", "(secured)", "EHLO me.example",
            "AUTH PLAIN AGFubgBzZWNyZXQ=", "MAIL FROM:<ann@example.org>");
    }

    @Test void theBestMechanismIsTakenAndBothSidesProveThatTheyKnowThePassword()
            throws IOException, GeneralSecurityException {
        for (var password : List.of("pencil", "wrong")) {
            var server = bench.server(new ScramServer(), Optional.of(TestTls.selfSigned()));
            var login = login("ann", false);
            Files.writeString(home.resolve("ann.password"), password);
            bench.routes = TestRoutes.smart(TestRoutes.relay(at(server), Security.REQUIRED, login));
            assertThat(deliver()).singleElement().asString().startsWith(password.equals("pencil") ? TAKEN
                : "deferred DESTINATION 454 4.7.0 while logging in: 535");
            assertThat(server.heard("AUTH SCRAM-SHA-256 ")).isEqualTo(1);
        }
    }

    /** The password is pencil, as in RFC 7677 section 3. */
    private static final class Ann implements Authenticator {
        @Override public Result password(String user, String password) {
            return new Result.Denied();
        }

        @Override public Lookup scram(String user) {
            return new Lookup.Verifier(user, "W22ZaJ0SNY7soEsUEjb6gQ==", 4096,
                "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=", "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
        }
    }

    /** Of our own. */
    private static final class ScramServer implements UnaryOperator<String> {
        private final Mechanism mechanism = Mechanisms.of(new Ann(), new Random(1)).begin("SCRAM-SHA-256")
            .orElseThrow();
        private boolean active;

        @Override public String apply(String line) {
            if (line.startsWith("EHLO")) {
                return "250-fake\n250-STARTTLS\n250 AUTH PLAIN SCRAM-SHA-256";
            }
            active |= line.startsWith("AUTH");
            if (!active) {
                return line.equals("STARTTLS") ? "220 Go" : "";
            }
            return switch (mechanism.step(Base64.getDecoder().decode(line.replace("AUTH SCRAM-SHA-256 ", "")))) {
                case Mechanism.Step.Challenge(var octets) -> "334 " + Base64.getEncoder().encodeToString(octets);
                case Mechanism.Step.Success _ -> {
                    active = false;
                    yield "235 Ok";
                }
                case Mechanism.Step.Failure _ -> {
                    active = false;
                    yield "535 5.7.8 No";
                }
            };
        }
    }

    @Test void tlsMayComeFirst() throws IOException, GeneralSecurityException {
        var server = bench.implicit(asking("ann"), TestTls.selfSigned());
        bench.routes = TestRoutes.smart(TestRoutes.relay(at(server), Security.IMPLICIT, login("ann", false)));
        assertThat(deliver()).containsExactly(TAKEN);
        assertThat(server.heard()).startsWith("(secured)", "EHLO me.example", "AUTH PLAIN AGFubgBzZWNyZXQ=");
    }

    @Test void aCertificateThatNobodyVouchesForHearsNoPassword() throws IOException, GeneralSecurityException {
        for (var security : List.of(Security.REQUIRED, Security.IMPLICIT)) {
            var server = security == Security.IMPLICIT ? bench.implicit(asking("ann"), TestTls.selfSigned())
                : bench.server(asking("ann"), Optional.of(TestTls.selfSigned()));
            bench.routes = TestRoutes.smart(new Relay(NextHop.parse(at(server)),
                new Access(security, false, login("ann", false)), true));
            assertThat(deliver()).singleElement().asString().startsWith("deferred DESTINATION").contains("handshake");
            assertThat(server.heard("AUTH")).isZero();
            assertThat(server.heard("MAIL")).isZero();
        }
    }

    @Test void withoutTlsNoPasswordIsSent() throws IOException {
        var server = bench.server(line -> line.startsWith("EHLO") ? "250-fake\n250 AUTH PLAIN" : "");
        bench.routes = TestRoutes.smart(TestRoutes.relay(at(server), Security.REQUIRED, login("ann", false)));
        assertThat(deliver()).singleElement().asString().startsWith("deferred DESTINATION").contains("TLS");
        bench.routes = TestRoutes.smart(TestRoutes.relay(at(server), Security.OPPORTUNISTIC, login("ann", false)));
        assertThat(deliver()).singleElement().asString().startsWith("deferred DESTINATION 454 4.7.0");
        assertThat(server.heard("AUTH")).isZero();
        bench.routes = TestRoutes.smart(TestRoutes.relay(at(server), Security.NEVER, login("ann", true)));
        assertThat(deliver()).containsExactly(TAKEN);
        assertThat(server.heard("AUTH")).isEqualTo(1);
    }

    @Test void aRefusedLoginIsOursAndTemporaryAndTheNextHostIsAsked() throws IOException, GeneralSecurityException {
        var first = bench.server(asking("bob"), Optional.of(TestTls.selfSigned()));
        var refused = TestRoutes.relay(at(first), Security.REQUIRED, login("ann", false));
        bench.routes = TestRoutes.smart(refused);
        assertThat(deliver()).singleElement().asString()
            .startsWith("deferred DESTINATION 454 4.7.0 while logging in: 535 5.7.8");
        assertThat(first.heard("MAIL")).isZero();
        var second = bench.server(_ -> "");
        bench.routes = TestRoutes.smart(refused, TestRoutes.relay(at(second)));
        assertThat(deliver()).containsExactly(TAKEN);
    }

    @Test void aPasswordThatOthersMayReadIsNotUsed() throws IOException, GeneralSecurityException {
        var server = bench.server(asking("ann"), Optional.of(TestTls.selfSigned()));
        bench.routes = TestRoutes.smart(TestRoutes.relay(at(server), Security.REQUIRED, login("ann", false)));
        Files.setPosixFilePermissions(home.resolve("ann.password"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(deliver()).singleElement().asString().startsWith("deferred DESTINATION 454 4.7.0")
            .doesNotContain(home.toString());
        assertThat(server.heard()).isEmpty();
    }

    @Test void aConnectionServesOneLoginOnly() throws IOException, GeneralSecurityException {
        var server = bench.server(line -> line.startsWith("AUTH") ? "235 Ok" : asking("ann").apply(line),
            Optional.of(TestTls.selfSigned()));
        for (var user : List.of("ann", "ann", "bob")) {
            bench.routes = TestRoutes.smart(TestRoutes.relay(at(server), Security.REQUIRED, login(user, false)));
            assertThat(deliver()).containsExactly(TAKEN);
        }
        assertThat(server.heard("AUTH")).isEqualTo(2);
        assertThat(server.heard("(secured)")).isEqualTo(2);
    }

    @Test void aServiceIsASmartHost() throws IOException, GeneralSecurityException {
        var server = bench.server(asking("ann"), Optional.of(TestTls.selfSigned()));
        var port = server.port();
        bench.zone.srv("_submission._tcp.isp.example", new Dns.SrvRecord(1, 0, port, "smtp.isp.example"))
            .address("smtp.isp.example", "127.0.0.1").address("smtp.evil.example", "127.0.0.1");
        bench.routes = TestRoutes.smart(TestRoutes.relay("_submission._tcp.isp.example", Security.REQUIRED,
            login("ann", false)));
        assertThat(deliver()).containsExactly(TAKEN);
        bench.zone.srv("_submission._tcp.d.example", new Dns.SrvRecord(1, 0, port, "smtp.evil.example"));
        bench.routes = TestRoutes.smart(TestRoutes.relay("_submission._tcp.d.example", Security.REQUIRED,
            login("ann", false)));
        assertThat(deliver()).as("not its own domain").singleElement().asString()
            .startsWith("deferred DESTINATION 451 4.3.5");
        assertThat(server.heard("AUTH")).isEqualTo(1);
        bench.routes = TestRoutes.smart(TestRoutes.relay("_submission._tcp.d.example"));
        assertThat(deliver()).as("no password, no danger").containsExactly(TAKEN);
    }

    @Test void aDomainThatCannotBeReachedGoesToTheFallback() throws IOException {
        var fallback = bench.server(_ -> "");
        bench.routes = new Routes(Map.of(), List.of(), List.of(TestRoutes.relay(at(fallback))));
        bench.zone.mx("example.net", 10, "gone.example");
        assertThat(deliver()).as("no exchanger has an address").containsExactly(TAKEN);
        bench.zone.address("gone.example", "127.0.0.1");
        bench.mxPort = Integer.parseInt(nobody().substring("127.0.0.1:".length()));
        assertThat(deliver()).as("nobody listens").containsExactly(TAKEN);
    }

    @Test void theFallbackGetsNothingThatADomainRefuses() throws IOException {
        var fallback = bench.server(_ -> "");
        bench.routes = new Routes(Map.of(), List.of(), List.of(TestRoutes.relay(at(fallback))));
        bench.zone.mx("example.net", 0, "");
        assertThat(deliver()).singleElement().asString().startsWith("failed 556 5.1.10");
        assertThat(bench.deliver("none.example", "a")).singleElement().asString().startsWith("failed 550 5.1.2");
        var greylisting = bench.server(line -> line.startsWith("RCPT") ? "450 4.7.1 Later" : "");
        bench.zone.mx("d.example", 10, "mx.example").address("mx.example", "127.0.0.1");
        bench.mxPort = greylisting.port();
        assertThat(bench.deliver("d.example", "a")).singleElement().asString().startsWith("deferred RECIPIENT 450");
        assertThat(fallback.heard()).isEmpty();
    }
}
