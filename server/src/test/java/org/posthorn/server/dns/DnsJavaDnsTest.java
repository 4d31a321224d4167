package org.posthorn.server.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Master;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** What is found, what is surely not there, and what we cannot know, are three answers. */
class DnsJavaDnsTest {

    private static final String SOA = "example. 60 IN SOA ns.example. root.example. 1 2 3 4 30\n";

    private TestNameServer server;
    private long now = Long.MAX_VALUE;      // nanoseconds; may run over

    private DnsJavaDns dns(TestNameServer.Script script) throws IOException {
        return dns(script, Duration.ofSeconds(5));
    }

    private DnsJavaDns dns(TestNameServer.Script script, Duration timeout) throws IOException {
        server = new TestNameServer(script);
        return new DnsJavaDns(new DnsConfig(List.of(server.address()), timeout, 2, 100), () -> now);
    }

    @AfterEach void close() throws IOException {
        server.close();
    }

    /** Answers every question with these records, those named SOA as authority. */
    private static TestNameServer.Script zone(String records) {
        return (_, query, response) -> {
            fill(query, response, records);
            return true;
        };
    }

    private static void fill(Message query, Message response, String records) throws IOException {
        try (var master = new Master(new java.io.ByteArrayInputStream(records.getBytes("US-ASCII")), Name.root)) {
            for (var record = master.nextRecord(); record != null; record = master.nextRecord()) {
                if (record.getType() == Type.SOA) {
                    response.addRecord(record, Section.AUTHORITY);
                } else if (record.getType() == query.getQuestion().getType() || record.getType() == Type.CNAME) {
                    response.addRecord(record, Section.ANSWER);
                }
            }
        }
    }

    @Test void mailExchangersComeAsTheyAreWithoutTrailingDot() throws IOException {
        var dns = dns(zone("a.example. 60 IN MX 10 MX1.example.\na.example. 60 IN MX 5 mx2.example.\n"));
        assertThat(dns.mx("A.example")).isEqualTo(new DnsAnswer.Found<>(
            List.of(new Dns.MxRecord(10, "mx1.example"), new Dns.MxRecord(5, "mx2.example"))));
    }

    @Test void servicesHaveHostsAndPortsOrADot() throws IOException {
        var dns = dns(zone("_s._tcp.a.example. 60 IN SRV 10 20 587 MX1.example.\n"
            + "_t._tcp.a.example. 60 IN SRV 0 0 0 .\n"));
        assertThat(dns.srv("_s._tcp.a.example")).isEqualTo(new DnsAnswer.Found<>(
            List.of(new Dns.SrvRecord(10, 20, 587, "mx1.example"))));
        assertThat(dns.srv("_t._tcp.a.example")).isEqualTo(new DnsAnswer.Found<>(
            List.of(new Dns.SrvRecord(0, 0, 0, ""))));
    }

    @Test void theNullMxHasAnEmptyHost() throws IOException {
        var dns = dns(zone("a.example. 60 IN MX 0 .\n"));
        assertThat(dns.mx("a.example")).isEqualTo(new DnsAnswer.Found<>(List.of(new Dns.MxRecord(0, ""))));
    }

    @Test void bothAddressFamiliesAreAsked() throws IOException {
        var dns = dns(zone("h.example. 60 IN A 192.0.2.1\nh.example. 60 IN AAAA 2001:db8::1\n"));
        assertThat(dns.addresses("h.example")).isEqualTo(new DnsAnswer.Found<>(
            List.of(InetAddress.ofLiteral("192.0.2.1"), InetAddress.ofLiteral("2001:db8::1"))));
    }

    @Test void oneFamilyFailingDoesNotHideTheOther() throws IOException {
        var dns = dns((_, query, response) -> {
            if (query.getQuestion().getType() == Type.AAAA) {
                response.getHeader().setRcode(Rcode.SERVFAIL);
            } else {
                fill(query, response, "h.example. 60 IN A 192.0.2.1\n");
            }
            return true;
        });
        assertThat(dns.addresses("h.example")).isInstanceOf(DnsAnswer.Found.class);
    }

    @Test void oneFamilyFailingAndTheOtherEmptyIsTemporary() throws IOException {
        var dns = dns((_, query, response) -> {
            response.getHeader().setRcode(query.getQuestion().getType() == Type.A ? Rcode.SERVFAIL : Rcode.NOERROR);
            return true;
        });
        assertThat(dns.addresses("h.example")).isInstanceOf(DnsAnswer.Temporary.class);
    }

    @Test void textStringsAreJoinedAndReverseNamesFound() throws IOException {
        var dns = dns(zone("t.example. 60 IN TXT \"v=spf1 \" \"-all\"\n"
            + "1.2.0.192.in-addr.arpa. 60 IN PTR h.example.\n"));
        assertThat(dns.txt("t.example")).isEqualTo(new DnsAnswer.Found<>(List.of("v=spf1 -all")));
        assertThat(dns.ptr(InetAddress.ofLiteral("192.0.2.1"))).isEqualTo(new DnsAnswer.Found<>(List.of("h.example")));
    }

    @Test void aNameThatDoesNotExistIsToldApartFromOneWithoutSuchRecords() throws IOException {
        var dns = dns((_, query, response) -> {
            var gone = query.getQuestion().getName().equals(Name.fromConstantString("gone.example."));
            response.getHeader().setRcode(gone ? Rcode.NXDOMAIN : Rcode.NOERROR);
            fill(query, response, SOA);
            return true;
        });
        assertThat(dns.mx("gone.example")).isEqualTo(new DnsAnswer.None<>(false));
        assertThat(dns.mx("here.example")).isEqualTo(new DnsAnswer.None<>(true));
    }

    @Test void aFailingServerIsTemporaryAfterAllTries() throws IOException {
        var dns = dns((_, _, response) -> {
            response.getHeader().setRcode(Rcode.SERVFAIL);
            return true;
        });
        assertThat(dns.mx("a.example")).isInstanceOfSatisfying(DnsAnswer.Temporary.class,
            temporary -> assertThat(temporary.why()).contains("SERVFAIL").contains("a.example"));
        assertThat(server.asked()).hasSize(2);
    }

    @Test void silenceIsTemporary() throws IOException {
        var dns = dns((_, _, _) -> false, Duration.ofMillis(50));
        assertThat(dns.mx("a.example")).isInstanceOf(DnsAnswer.Temporary.class);
    }

    @Test void aDeadResolverIsPassedOver() throws IOException {
        server = new TestNameServer(zone("a.example. 60 IN MX 10 mx.example.\n"));
        try (var dead = new TestNameServer((_, _, _) -> false)) {
            var dns = new DnsJavaDns(new DnsConfig(List.of(dead.address(), server.address()), Duration.ofMillis(200),
                9, 9), () -> now);   // many rounds: on a loaded machine the live one is late too
            assertThat(dns.mx("a.example")).isInstanceOf(DnsAnswer.Found.class);
        }
    }

    @Test void aCutAnswerIsAskedForAgainByTcp() throws IOException {
        var dns = dns((transport, query, response) -> {
            if (transport == TestNameServer.Transport.UDP) {
                response.getHeader().setFlag(Flags.TC);
            } else {
                fill(query, response, "a.example. 60 IN MX 10 mx.example.\n");
            }
            return true;
        });
        assertThat(dns.mx("a.example")).isInstanceOf(DnsAnswer.Found.class);
        assertThat(server.asked()).contains("TCP a.example. MX");
    }

    @Test void aResolverWithoutEdnsIsAskedWithoutIt() throws IOException {
        var dns = dns((_, query, response) -> {
            if (query.getOPT() != null) {
                response.getHeader().setRcode(Rcode.FORMERR);
            } else {
                fill(query, response, "a.example. 60 IN MX 10 mx.example.\n");
            }
            return true;
        });
        assertThat(dns.mx("a.example")).isInstanceOf(DnsAnswer.Found.class);
    }

    @Test void cnamesAreFollowedWithinAnAnswerAndAcrossAnswers() throws IOException {
        var dns = dns((_, query, response) -> {
            var name = query.getQuestion().getName();
            fill(query, response, name.toString().startsWith("w.")
                ? "w.example. 60 IN CNAME x.example.\nx.example. 60 IN CNAME y.example.\n"
                : "y.example. 60 IN A 192.0.2.7\n");
            return true;
        });
        assertThat(dns.addresses("w.example"))
            .isEqualTo(new DnsAnswer.Found<>(List.of(InetAddress.ofLiteral("192.0.2.7"))));
    }

    @Test void aCnameToANameWithNothingIsNone() throws IOException {
        var dns = dns(zone("w.example. 60 IN CNAME x.example.\n" + SOA));
        assertThat(dns.mx("w.example")).isEqualTo(new DnsAnswer.None<>(true));
    }

    @Test void aCnameToANameThatDoesNotExistIsNoneAndKept() throws IOException {
        var dns = dns((_, query, response) -> {
            response.getHeader().setRcode(Rcode.NXDOMAIN);
            fill(query, response, "w.example. 60 IN CNAME x.example.\n" + SOA);
            return true;
        });
        assertThat(dns.txt("w.example")).isEqualTo(new DnsAnswer.None<>(false));
        now += Duration.ofSeconds(29).toNanos();
        assertThat(dns.txt("w.example")).isEqualTo(new DnsAnswer.None<>(false));
        assertThat(server.asked()).hasSize(1);
    }

    @Test void noneIsNotKeptWhereTheSoaForbidsIt() throws IOException {
        var dns = dns(zone("example. 60 IN SOA ns.example. root.example. 1 2 3 4 0\n"));
        dns.mx("a.example");
        dns.mx("a.example");
        assertThat(server.asked()).hasSize(2);
    }

    @Test void aKeptAnswerIsOfOneType() throws IOException {
        var dns = dns(zone("a.example. 60 IN MX 10 mx.example.\na.example. 60 IN TXT \"one\"\n"));
        dns.mx("a.example");
        assertThat(dns.txt("a.example")).isEqualTo(new DnsAnswer.Found<>(List.of("one")));
    }

    @Test void oneFamilyCanBeAskedForAlone() throws IOException {
        var dns = dns(zone("a.example. 60 IN A 192.0.2.7\na.example. 60 IN AAAA 2001:db8::7\n"));
        assertThat(dns.addresses("a.example", Dns.Family.IPV6))
            .isEqualTo(new DnsAnswer.Found<>(List.of(InetAddress.ofLiteral("2001:db8::7"))));
        assertThat(server.asked()).containsExactly("UDP a.example. AAAA");
    }

    @Test void anIpv6AddressIsReversedByItsDigits() throws IOException {
        var dns = dns(zone(
            "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. 60 IN PTR H.example.\n"));
        assertThat(dns.ptr(InetAddress.ofLiteral("2001:db8::7")))
            .isEqualTo(new DnsAnswer.Found<>(List.of("h.example")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b.example", "a@b.example", "a\\b.example", "(a);\"b\".example", "*.example"})
    void aNameMayHoldAnyPrintableCharacter(String name) throws IOException {
        var dns = dns((_, query, response) -> {
            response.addRecord(new org.xbill.DNS.TXTRecord(query.getQuestion().getName(), DClass.IN, 60,
                new String(query.getQuestion().getName().getLabel(0), 1, query.getQuestion().getName().getLabel(0)[0],
                    java.nio.charset.StandardCharsets.ISO_8859_1).replace("\\", "\\\\")), Section.ANSWER);
            return true;
        });
        assertThat(dns.txt(name)).isEqualTo(
            new DnsAnswer.Found<>(List.of(name.substring(0, name.length() - ".example".length()))));
    }

    @Test void aCnameLoopIsTemporary() throws IOException {
        var dns = dns(zone("w.example. 60 IN CNAME x.example.\nx.example. 60 IN CNAME w.example.\n"));
        assertThat(dns.mx("w.example")).isInstanceOf(DnsAnswer.Temporary.class);
    }

    @Test void anEndlessCnameChainAcrossAnswersIsTemporary() throws IOException {
        var dns = dns((_, query, response) -> {
            var name = query.getQuestion().getName();
            var next = Name.fromString("n" + server.asked().size(), Name.fromConstantString("example."));
            response.addRecord(new CNAMERecord(name, DClass.IN, 60, next), Section.ANSWER);
            return true;
        });
        assertThat(dns.mx("w.example")).isInstanceOf(DnsAnswer.Temporary.class);
        assertThat(server.asked()).hasSizeLessThan(12);
    }

    @Test void answersAreKeptForTheirTimeToLiveAndNoLonger() throws IOException {
        var dns = dns(zone("a.example. 60 IN MX 10 mx.example.\n"));
        dns.mx("a.example");
        now += Duration.ofSeconds(59).toNanos();
        dns.mx("A.EXAMPLE");
        assertThat(server.asked()).hasSize(1);
        now += Duration.ofSeconds(1).toNanos();
        dns.mx("a.example");
        assertThat(server.asked()).hasSize(2);
    }

    @Test void anAnswerWithTimeToLiveZeroIsNotKept() throws IOException {
        var dns = dns(zone("a.example. 0 IN MX 10 mx.example.\n"));
        dns.mx("a.example");
        dns.mx("a.example");
        assertThat(server.asked()).hasSize(2);
    }

    @Test void noneIsKeptAsLongAsTheSoaAllows() throws IOException {
        var dns = dns(zone(SOA));
        dns.mx("a.example");
        now += Duration.ofSeconds(29).toNanos();
        dns.mx("a.example");
        assertThat(server.asked()).hasSize(1);
        now += Duration.ofSeconds(1).toNanos();
        dns.mx("a.example");
        assertThat(server.asked()).hasSize(2);
    }

    @Test void noneWithoutSoaAndFailuresAreNotKept() throws IOException {
        var dns = dns(zone(""));
        dns.mx("a.example");
        dns.mx("a.example");
        assertThat(server.asked()).hasSize(2);
    }

    @Test void theCacheIsBounded() throws IOException {
        var dns = dns((_, query, response) -> {
            fill(query, response, query.getQuestion().getName() + " 60 IN MX 10 mx.example.\n");
            return true;
        });
        for (var i = 0; i < 101; i++) {
            dns.mx("d" + i + ".example");
        }
        dns.mx("d0.example");
        assertThat(server.asked()).hasSize(102);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a..b", "b\u00fccher.example", "with\ttab.example",
        "a123456789012345678901234567890123456789012345678901234567890123.example"})
    void whatIsNoNameIsNotAsked(String name) throws IOException {
        var dns = dns(zone(""));
        assertThat(dns.mx(name)).isEqualTo(new DnsAnswer.None<>(false));
        assertThat(server.asked()).isEmpty();
    }

    @Test void localhostNeedsNoServer() throws IOException {
        var dns = dns(zone(""));
        assertThat(dns.addresses("localhost")).isInstanceOf(DnsAnswer.Found.class);
        assertThat(server.asked()).isEmpty();
    }
}
