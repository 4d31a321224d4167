package org.posthorn.server.delivery.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.protocols.smtp.Handling;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.server.delivery.Outcome;
import org.posthorn.server.delivery.tls.TestChain;
import org.posthorn.server.delivery.tls.TestRoom;
import org.posthorn.server.delivery.tls.TlsRule;
import org.posthorn.server.delivery.tls.TlsTerms.Minimum;

/** How well mail is protected on its way to servers on loopback ports: DANE, MTA-STS, REQUIRETLS, our own rules. */
class ProtectionTest {

    private static final String ENFORCE = "version: STSv1\nmode: enforce\nmx: mx.example\nmax_age: 600\n";
    private static final MailParameters SECRET = MailParameters.NONE.with(Handling.NONE.requireTls(true));

    @TempDir private Path home;
    private final RemoteBench bench = new RemoteBench();
    private TestChain chain;

    @BeforeEach void zone() throws GeneralSecurityException, IOException {
        chain = TestChain.of("mx.example");
        bench.zone.mx("d.example", 10, "mx.example").address("mx.example", "127.0.0.1");
        room(Optional.of(chain.authorityFile(home)));
    }

    private void room(Optional<Path> authorities) {
        bench.tlsRoom = new TestRoom(home, authorities, new HashMap<>(), new HashMap<>());
    }

    @AfterEach void close() throws IOException {
        bench.close();
    }

    private FakeServer server(TestChain shown, String more) throws IOException, GeneralSecurityException {
        var server = bench.server(line -> line.startsWith("EHLO") ? "250-fake\n250-STARTTLS" + more + "\n250 PIPELINING"
            : line.equals("STARTTLS") ? "220 Go" : "", Optional.of(shown.context()));
        bench.mxPort = server.port();
        return server;
    }

    private FakeServer server() throws IOException, GeneralSecurityException {
        return server(chain, "");
    }

    private FakeServer inTheClear() throws IOException {
        var server = bench.server(_ -> "");
        bench.mxPort = server.port();
        return server;
    }

    private void sign(TestChain named) throws GeneralSecurityException {
        bench.signed.mx("d.example", "mx.example").host("mx.example").tlsa("mx.example", bench.mxPort,
            named.endEntity());
    }

    private void publish(String policy) {
        bench.zone.txt("_mta-sts.d.example", "v=STSv1; id=1;");
        bench.tlsRoom.published().put("d.example", policy);
    }

    private String deliver() throws IOException {
        return bench.deliver("d.example", "ann").getFirst();
    }

    private String how() throws IOException {
        return bench.attempt("d.example", "ann").getFirst() instanceof Outcome.Delivered delivered ? delivered.how()
            : "not delivered";
    }

    @Test void theHistorySaysHowAMessageLeft() throws Exception {
        server();
        assertThat(how()).matches("TLSv1.3 TLS_[A-Z0-9_]+, unverified");
        sign(chain);
        assertThat(how()).endsWith(", verified by DANE");
        bench.signed = new org.posthorn.server.delivery.tls.FakeSecureDns();
        publish(ENFORCE);
        assertThat(how()).endsWith(", verified as MTA-STS wants it");
    }

    @Test void aDowngradeIsTold() throws Exception {
        var server = bench.server(line -> line.startsWith("EHLO") ? "250-fake\n250 STARTTLS"
            : line.equals("STARTTLS") ? "220 Go\n220 This is not TLS" : "");
        bench.mxPort = server.port();
        assertThat(how()).isEqualTo("in the clear, since the TLS handshake failed");
        inTheClear();
        assertThat(how()).isEqualTo("in the clear, since TLS was not offered");
    }

    @Test void aKeyThatTlsaRecordsDoNotNameGetsNoMail() throws Exception {
        var server = server();
        sign(TestChain.of("mx.example"));
        assertThat(deliver()).startsWith("deferred DESTINATION").contains("no TLSA record names");
        assertThat(server.heard("MAIL")).isZero();
        assertThat(server.heard("(connected)")).isEqualTo(1);
    }

    @Test void aHostWithDaneThatOffersNoTlsGetsNoMail() throws Exception {
        var server = inTheClear();
        sign(chain);
        assertThat(deliver()).startsWith("deferred DESTINATION");
        assertThat(server.heard("MAIL")).isZero();
    }

    @Test void aTlsaLookupThatFailsMeansNoMail() throws Exception {
        var server = server();
        sign(chain);
        bench.signed.failing("mx.example:" + bench.mxPort);
        assertThat(deliver()).startsWith("deferred DESTINATION 451 4.4.3");
        assertThat(server.heard()).isEmpty();
    }

    @Test void theNextHostMayDo() throws Exception {
        bench.zone.mx("d.example", 5, "bad.example").address("bad.example", "127.0.0.2");
        server();
        sign(chain);
        bench.signed.mx("d.example", "bad.example").host("bad.example").failing("bad.example:" + bench.mxPort);
        assertThat(deliver()).startsWith("delivered");
    }

    @Test void anEnforcedPolicyWantsAVouchedForCertificate() throws Exception {
        server();
        publish(ENFORCE);
        assertThat(deliver()).startsWith("delivered");
        room(Optional.empty());
        publish(ENFORCE);
        var server = server();
        assertThat(deliver()).startsWith("deferred DESTINATION").contains("nobody we know");
        assertThat(server.heard("MAIL")).isZero();
    }

    @Test void aCertificateForAnotherNameIsNone() throws Exception {
        var other = TestChain.of("other.example");
        server(other, "");
        room(Optional.of(other.authorityFile(home)));
        publish(ENFORCE);
        assertThat(deliver()).startsWith("deferred DESTINATION").contains("for none of mx.example");
    }

    @Test void aPolicyInTestingLetsMailThrough() throws Exception {
        server(TestChain.of("other.example"), "");
        publish(ENFORCE.replace("enforce", "testing"));
        assertThat(how()).endsWith("unverified");
    }

    /** The connection of the first message is of no use to the second, which wants more. */
    @Test void aConnectionOpenedWithLessIsNotUsedForMore() throws Exception {
        var server = server();
        assertThat(deliver()).startsWith("delivered");
        assertThat(deliver()).startsWith("delivered");
        assertThat(server.heard("(connected)")).isEqualTo(1);
        sign(TestChain.of("mx.example"));
        assertThat(deliver()).startsWith("deferred");
        assertThat(server.heard("(connected)")).isEqualTo(2);
        bench.signed = new org.posthorn.server.delivery.tls.FakeSecureDns();
        sign(chain);
        assertThat(deliver()).startsWith("delivered");
        assertThat(server.heard("(connected)")).isEqualTo(3);
        assertThat(deliver()).startsWith("delivered");
        assertThat(server.heard("(connected)")).isEqualTo(3);
    }

    /** Two domains with one host: what the one wants does not hold for the other's connection. */
    @Test void domainsShareAConnectionOnlyOnTheSameTerms() throws Exception {
        var server = server();
        bench.zone.mx("easy.example", 10, "mx.example");
        bench.tlsRoom.rules().put("d.example", new TlsRule(TlsRule.Want.REQUIRED, Set.of(), Minimum.TLS_1_3));
        assertThat(bench.deliver("easy.example", "ann").getFirst()).startsWith("delivered");
        assertThat(deliver()).startsWith("delivered");
        assertThat(server.heard("(connected)")).isEqualTo(2);
    }

    @Test void whatMustArriveGoesThroughAllTheSame() throws Exception {
        server();
        sign(TestChain.of("mx.example"));
        bench.text = "Subject: x\r\nTLS-required: no\r\n\r\nHello\r\n";
        assertThat(deliver()).startsWith("delivered");
        bench.text = "Subject: x\r\n\r\nTLS-Required: No\r\n";
        assertThat(deliver()).startsWith("deferred");
        bench.text = "TLS-Required: No\r\n\r\n";
        bench.parameters = SECRET;
        assertThat(deliver()).startsWith("deferred");
    }

    @Test void whatMustBeSecretSaysSoToTheNextHost() throws Exception {
        var server = server(chain, "\n250-REQUIRETLS");
        sign(chain);
        bench.parameters = SECRET;
        assertThat(deliver()).startsWith("delivered");
        assertThat(server.heard("MAIL FROM:<ann@example.org> REQUIRETLS")).isEqualTo(1);
    }

    /** RFC 8689 section 4.2.1: it goes back. */
    @Test void whatMustBeSecretDoesNotGoWhereThatIsUnknown() throws Exception {
        var server = server();
        sign(chain);
        bench.parameters = SECRET;
        assertThat(deliver()).startsWith("failed 550 5.7.30");
        assertThat(deliver()).startsWith("failed 550 5.7.30");      // on the connection that is open
        bench.tls = TlsMode.OPPORTUNISTIC;
        inTheClear();
        sign(chain);
        assertThat(deliver()).startsWith("failed 550 5.7.30");
        assertThat(server.heard("MAIL")).isZero();
    }

    /** What nobody else asks for holds up nobody else: the destination does not rest for it. */
    @Test void whatMustBeSecretWaitsAlone() throws Exception {
        server(TestChain.of("mx.example"), "\n250-REQUIRETLS");
        sign(chain);
        bench.parameters = SECRET;
        assertThat(deliver()).startsWith("deferred RECIPIENT");
        bench.signed.failing("d.example");
        assertThat(deliver()).startsWith("deferred RECIPIENT 451 4.4.3");
        bench.parameters = MailParameters.NONE;
        assertThat(deliver()).startsWith("deferred DESTINATION 451 4.4.3");
    }

    /** The fallback relay knows nothing of what the domain wants. */
    @Test void whatADomainsTermsForbidDoesNotGoByTheFallbackRelay() throws Exception {
        server();
        var fallback = bench.server(_ -> "");
        var relay = new Relay(NextHop.host("127.0.0.1:" + fallback.port()), Access.of(TlsMode.OPPORTUNISTIC), true);
        bench.routes = new Routes(Map.of(), List.of(), List.of(relay));
        sign(TestChain.of("mx.example"));
        assertThat(deliver()).startsWith("deferred DESTINATION");
        bench.signed.failing("d.example");
        assertThat(deliver()).startsWith("deferred DESTINATION");
        assertThat(fallback.heard()).isEmpty();
        bench.signed = new org.posthorn.server.delivery.tls.FakeSecureDns();
        bench.mxPort = 1;
        assertThat(deliver()).startsWith("delivered");
        assertThat(fallback.heard("MAIL")).isEqualTo(1);
    }

    /** What a domain publishes does not set aside which certificate we know to be its own. */
    @Test void aNameThatWeWantIsLookedForBesideDaneAndMtaSts() throws Exception {
        var server = server();
        bench.tlsRoom.rules().put("d.example", new TlsRule(TlsRule.Want.REQUIRED, Set.of("bank.example"),
            Minimum.TLS_1_2));
        publish(ENFORCE);
        assertThat(deliver()).startsWith("deferred").contains("for none of bank.example");
        sign(chain);
        assertThat(deliver()).startsWith("deferred").contains("for none of bank.example");
        assertThat(server.heard("MAIL")).isZero();
        bench.tlsRoom.rules().put("d.example", new TlsRule(TlsRule.Want.REQUIRED, Set.of("mx.example"),
            Minimum.TLS_1_2));
        assertThat(how()).endsWith("verified by DANE");
    }

    /** A relay that is to hear a password, and a rule for all of its parent domain. */
    @Test void aRuleForADomainDoesNotUndoWhatARelayDemands() throws Exception {
        var server = server(TestChain.of("other.example"), "");
        bench.zone.address("relay.example", "127.0.0.1");
        bench.tlsRoom.rules().put("*.example", new TlsRule(TlsRule.Want.UNCHECKED, Set.of(), Minimum.TLS_1_2));
        bench.routes = new Routes(Map.of(), List.of(new Relay(NextHop.host("relay.example:" + server.port()),
            Access.of(TlsMode.REQUIRED), true)), List.of());
        assertThat(deliver()).startsWith("deferred DESTINATION");
        assertThat(server.heard("MAIL")).isZero();
        bench.routes = Routes.NONE;
        bench.tls = TlsMode.REQUIRED;
        assertThat(deliver()).startsWith("delivered");
    }

    @Test void whatMustBeSecretDoesNotGoByMxRecordsThatNobodyVouchesFor() throws Exception {
        var server = server(chain, "\n250-REQUIRETLS");
        bench.parameters = SECRET;
        assertThat(deliver()).startsWith("failed 550 5.7.30");
        assertThat(server.heard()).isEmpty();
    }

    /** The first host is as good as the second, but does not offer it. */
    @Test void someHostsOfADomainMayDoAndOthersNot() throws Exception {
        var both = TestChain.of("mx.example", "old.example");
        var greetings = new AtomicInteger();
        var server = bench.server(line -> line.startsWith("EHLO") ? "250-fake\n250-STARTTLS"
            + (greetings.incrementAndGet() > 2 ? "\n250-REQUIRETLS" : "") + "\n250 PIPELINING"
            : line.equals("STARTTLS") ? "220 Go" : "", Optional.of(both.context()));
        bench.mxPort = server.port();
        room(Optional.of(both.authorityFile(home)));
        bench.zone.mx("d.example", 5, "old.example").address("old.example", "127.0.0.1");
        sign(both);
        bench.signed.mx("d.example", "old.example").host("old.example");
        bench.parameters = SECRET;
        assertThat(deliver()).startsWith("delivered");
        assertThat(server.heard("(secured)")).isEqualTo(2);
        assertThat(server.heard("MAIL")).isEqualTo(1);
    }
}
