package org.posthorn.protocols.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.lmtp.LmtpDialect;
import org.posthorn.protocols.net.ClientCertificate;
import org.posthorn.protocols.net.TlsFacts;
import org.posthorn.protocols.sasl.FixedUser;
import org.posthorn.protocols.sasl.Mechanisms;
import org.posthorn.protocols.wire.Reply;

/** XCLIENT (Postfix, XCLIENT_README). The client of {@link Talk} comes from 198.51.100.7. */
class XclientTest {

    private static final InetAddress SPOKESMAN = InetAddress.ofLiteral("198.51.100.7");
    private static final SessionSettings SETTINGS = SessionSettings.smtp("mx.example.org")
        .withSpokesmen(SPOKESMAN::equals);

    private final Talk talk = new Talk().settings(SETTINGS);

    @Test void aListedPeerIsOfferedItAndStartsOver() {
        assertThat(talk.lines("""
            EHLO proxy.example
            XCLIENT ADDR=203.0.113.9 PORT=4711 NAME=client.example DESTADDR=192.0.2.99 DESTPORT=587
            MAIL FROM:<ann@client.example>
            EHLO client.example
            MAIL FROM:<ann@client.example>
            """)).contains("\n250-XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT\n").contains("""
            250 HELP
            220 mx.example.org ESMTP
            503 5.5.1 Greet first
            250-mx.example.org
            """).endsWith("250 2.1.0 Ok\n");
        var peer = talk.policy().asked().getLast();
        assertThat(talk.policy().asked()).as("asked at connect, of each of them").hasSize(2);
        assertThat(peer.remote()).isEqualTo(new InetSocketAddress("203.0.113.9", 4711));
        assertThat(peer.local()).isEqualTo(new InetSocketAddress("192.0.2.99", 587));
        assertThat(peer.introduction().name()).isEqualTo("client.example");
        assertThat(peer.introduction().by()).contains(new InetSocketAddress("198.51.100.7", 40000));
        assertThat(peer.greeting()).isEqualTo(Peer.Greeting.NONE);
    }

    @Test void nobodyElseMaySayIt() {
        talk.settings(SETTINGS.withSpokesmen(address -> false));
        assertThat(talk.lines("EHLO c\nXCLIENT ADDR=203.0.113.9\nMAIL FROM:<>\n")).doesNotContain("XCLIENT")
            .endsWith("550 5.7.1 You may not speak for other clients\n250 2.1.0 Ok\n");
        assertThat(talk.policy().asked()).singleElement().satisfies(
            peer -> assertThat(peer.remote().getAddress()).isEqualTo(SPOKESMAN));
    }

    @Test void theSpokesmansCertificateIsNotTheClientsAfterStartTlsEither() {
        var certificate = new ClientCertificate("sha256:0a", "CN=proxy", List.of());
        var facts = Optional.of(new TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384", Optional.of(certificate)));
        var proxy = new InetSocketAddress("198.51.100.7", 40000);
        var itself = new Peer("c1", "smtp", proxy, proxy, Peer.Greeting.EHLO, "proxy.example", Optional.empty(), "");
        var given = ((GivenClient.Good) GivenClient.read("ADDR=203.0.113.9")).client()
            .of(itself, proxy, SmtpDialect.SMTP);
        assertThat(given.secured(facts).tls().orElseThrow().certificate()).isEmpty();
        assertThat(itself.secured(facts).tls()).as("its own counts").isEqualTo(facts);
    }

    @Test void notDuringATransaction() {
        assertThat(talk.lines("HELO c\nMAIL FROM:<>\nXCLIENT ADDR=203.0.113.9\nRSET\nXCLIENT ADDR=203.0.113.9\n"))
            .endsWith("503 5.5.1 Not during a mail transaction\n250 2.0.0 Ok\n220 mx.example.org ESMTP\n");
    }

    @Test void thePolicyMayRefuseTheClient() {
        talk.policy().atConnect(new Verdict.Refuse(Reply.of(550, "5.7.1", "Not you")));
        assertThat(talk.lines("XCLIENT ADDR=203.0.113.9\nQUIT\n")).as("the peer itself is refused already").isEqualTo(
            "554 5.7.1 Not you\n503 5.5.1 The connection was refused: only QUIT\n221 2.0.0 Bye\n");
    }

    @ParameterizedTest @CsvSource(delimiter = '|', value = {
        "ADDR=IPV6:2001:db8::1 | [2001:db8:0:0:0:0:0:1]:0",
        "addr=ipv6:2001:DB8::1 port=25 | [2001:db8:0:0:0:0:0:1]:25",
        "ADDR=IPV6:::ffff:203.0.113.9 | 203.0.113.9:0",
        "NAME=[UNAVAILABLE] ADDR=[UNAVAILABLE] | 0.0.0.0:0",
        "ADDR=[tempunavail] PORT=7 | 0.0.0.0:7",
        "PORT=7 | 198.51.100.7:7",
        "PORT=[UNAVAILABLE] | 198.51.100.7:0",
        "LOGIN=ann+40example.org | 198.51.100.7:40000"})
    void theAddressIsTheGivenOne(String attributes, String expected) {
        talk.lines("XCLIENT " + attributes + "\n");
        assertThat(talk.policy().asked()).hasSize(2);
        assertThat(talk.policy().asked().getLast().remote().toString()).endsWith("/" + expected);
    }

    @ParameterizedTest @ValueSource(strings = {"", "ADDR", "=", "ADDR=", "ADDR=203.0.113.256", "ADDR=203.0.113",
        "ADDR=2001:db8::1", "ADDR=IPV6:203.0.113.9:1", "ADDR=IPV6:fe80::1%25eth0", "ADDR=client.example",
        "ADDR=[203.0.113.9]",
        "ADDR=203.0.113.9 ADDR=203.0.113.9", "PORT=65536", "PORT=-1", "PORT=x", "NAME=a b", "NAME=a+20b", "NAME=+0D+0A",
        "NAME=b+C3+BCcher.example", "HELO=+00", "HELO=+0AX-Header:", "HELO=+FF", "LOGIN=+7F", "LOGIN=a=b", "LOGIN=+4",
        "LOGIN=+20", "LOGIN=ann+20b", "LOGIN=+C2+A0", "LOGIN=+E2+80+8B", "LOGIN=+09",
        "LOGIN=+40+", "PROTO=HTTP", "WHAT=1", "XADDR=203.0.113.9", "DESTADDR=here", "DESTPORT=99999"})
    void mistakesAreToldAndChangeNothing(String attributes) {
        assertThat(talk.lines("XCLIENT " + attributes + "\n")).startsWith("220 mx.example.org ESMTP\n501 5.5.4 ");
        assertThat(talk.policy().asked()).hasSize(1);
    }

    @Test void aGreetingThatIsGivenNeedNotComeAgain() {
        assertThat(talk.lines("""
            XCLIENT ADDR=203.0.113.9 PROTO=ESMTP HELO=client.example
            MAIL FROM:<ann@client.example> SIZE=100
            """)).endsWith("220 mx.example.org ESMTP\n250 2.1.0 Ok\n");
        assertThat(talk.policy().asked().getLast().protocol(false)).isEqualTo("ESMTP");
        assertThat(talk.lines("""
            XCLIENT ADDR=203.0.113.9 PROTO=SMTP HELO=a+20b
            MAIL FROM:<ann@client.example> SIZE=100
            MAIL FROM:<ann@client.example>
            """)).endsWith("220 mx.example.org ESMTP\n555 5.5.4 Unknown parameter SIZE\n250 2.1.0 Ok\n");
        assertThat(talk.policy().asked().getLast().helo()).isEqualTo("a b");
        assertThat(talk.lines("XCLIENT PROTO=ESMTP HELO=[UNAVAILABLE]\nMAIL FROM:<>\n")).endsWith(
            "503 5.5.1 Greet first\n");
    }

    @Test void aLoginCountsAsAuthentication() {
        talk.secured().settings(SETTINGS.withAccess(SessionSettings.Access.SUBMISSION))
            .mechanisms(Mechanisms.of(new FixedUser(), new Random(1)));
        assertThat(talk.lines("""
            XCLIENT ADDR=203.0.113.9 LOGIN=ann+40example.org
            EHLO client.example
            AUTH PLAIN AGFubgBwZW5jaWw=
            MAIL FROM:<ann@example.org>
            """)).endsWith("503 5.5.1 Authenticated already\n250 2.1.0 Ok\n");
        assertThat(talk.policy().asked().getLast().user()).isEqualTo("ann@example.org");
    }

    @Test void anotherClientIsNotTheOneBefore() {
        talk.secured().mechanisms(Mechanisms.of(new FixedUser(), new Random(1)));
        talk.lines("""
            EHLO proxy.example
            AUTH PLAIN AGFubgBwZW5jaWw=
            XCLIENT ADDR=203.0.113.9 NAME=client.example
            XCLIENT LOGIN=bob+40example.org
            XCLIENT HELO=client.example
            XCLIENT ADDR=203.0.113.10
            XCLIENT LOGIN=[UNAVAILABLE]
            """);
        assertThat(talk.policy().asked()).extracting(Peer::user).containsExactly("", "", "bob@example.org",
            "bob@example.org", "", "");
        assertThat(talk.policy().asked()).extracting(peer -> peer.introduction().name()).containsExactly("",
            "client.example", "client.example", "client.example", "", "");
        assertThat(talk.policy().asked()).extracting(peer -> peer.remote().getAddress().getHostAddress())
            .containsExactly("198.51.100.7", "203.0.113.9", "203.0.113.9", "203.0.113.9", "203.0.113.10",
                "203.0.113.10");
    }

    @Test void itMayBePipelined() {
        assertThat(talk.octets("XCLIENT ADDR=203.0.113.9\r\nHELO c\r\nMAIL FROM:<>\r\n")).endsWith(
            "220 mx.example.org ESMTP\n554 5.5.0 You sent on without waiting for the reply\n");
        assertThat(talk.octets("XCLIENT ADDR=203.0.113.9 HELO=c\r\nMAIL FROM:<>\r\nRCPT TO:<bob@example.org>\r\n"))
            .endsWith("220 mx.example.org ESMTP\n250 2.1.0 Ok\n250 2.1.5 Ok\n");
    }

    @Test void lmtpKnowsItToo() {
        talk.settings(SETTINGS.withDialect(LmtpDialect.LMTP));
        assertThat(talk.lines("LHLO c\nXCLIENT ADDR=203.0.113.9 PROTO=LMTP HELO=client.example\nMAIL FROM:<>\n"))
            .contains("\n250-XCLIENT ").endsWith("220 mx.example.org LMTP\n250 2.1.0 Ok\n");
        assertThat(talk.policy().asked().getLast().protocol(false)).isEqualTo("LMTP");
    }

    @Test void noArgumentBreaksIt() {
        var random = new Random(2033);
        var parts = new String[] {"ADDR=", "NAME=", "LOGIN=", "HELO=", "PORT=", "PROTO=", " ", "+", "4", "0", "F", "=",
            "[UNAVAILABLE]", "IPV6:", "::", "203.0.113.9", ".", "\u00fc", "\t", "ESMTP", "999", "-"};
        var good = 0;
        for (var i = 0; i < 30_000; i++) {
            var argument = new StringBuilder();
            for (var count = random.nextInt(9); count >= 0; count--) {
                argument.append(parts[random.nextInt(parts.length)]);
            }
            if (GivenClient.read(argument.toString()) instanceof GivenClient.Good(var client)) {
                good++;
                assertThat(client.attributes()).isNotEmpty();
                assertThat(String.join("", client.attributes().values())).doesNotContainPattern("\\p{Cntrl}");
            }
        }
        assertThat(good).isGreaterThan(300);
    }
}
