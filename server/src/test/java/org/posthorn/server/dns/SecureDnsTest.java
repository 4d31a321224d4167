package org.posthorn.server.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DNSSEC;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Master;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** What is signed, on whose word. */
class SecureDnsTest {

    private static final String TLSA = "_25._tcp.mx.example. 60 IN TLSA 3 1 1 00ff\n";

    private final Map<String, List<Record>> zone = new HashMap<>();
    private final Set<String> signed = new HashSet<>();
    private final Set<String> failing = new HashSet<>();
    private TestNameServer server;

    @AfterEach void stop() throws IOException {
        server.close();
    }

    private void zone(String text) throws IOException {
        try (var records = new Master(new java.io.ByteArrayInputStream(text.getBytes()), Name.root, 60)) {
            for (var record = records.nextRecord(); record != null; record = records.nextRecord()) {
                zone.computeIfAbsent(key(record.getName(), record.getType()), _ -> new ArrayList<>()).add(record);
            }
        }
    }

    private static String key(Name name, int type) {
        return name + " " + Type.string(type);
    }

    private DnsConfig config(Dnssec dnssec, Optional<Path> anchors) {
        return new DnsConfig(List.of(server.address()), Duration.ofSeconds(5), 1, 100, dnssec, anchors);
    }

    private DnsJavaDns dns(Dnssec dnssec) throws IOException {
        server = new TestNameServer((_, query, response) -> answer(query, response));
        return new DnsJavaDns(config(dnssec, Optional.empty()));
    }

    /** As a resolver does: all records on the way, and AD when each of them is signed and was asked for. */
    private boolean answer(Message query, Message response) {
        var name = query.getQuestion().getName();
        var type = query.getQuestion().getType();
        var vouched = query.getHeader().getFlag(Flags.AD);
        if (failing.contains(key(name, type))) {
            response.getHeader().setRcode(Rcode.SERVFAIL);
            return true;
        }
        for (var steps = 0; steps < 5; steps++) {
            vouched &= signed.contains(name.toString());
            var alias = type == Type.CNAME ? null : zone.get(key(name, Type.CNAME));
            var here = alias == null ? zone.getOrDefault(key(name, type), List.of()) : alias;
            here.forEach(record -> response.addRecord(record, Section.ANSWER));
            if (alias == null) {
                break;
            }
            name = ((org.xbill.DNS.CNAMERecord) alias.getFirst()).getTarget();
        }
        if (vouched) {
            response.getHeader().setFlag(Flags.AD);
        }
        return true;
    }

    @Test void whatATrustedResolverVouchesForIsSecure() throws IOException {
        zone("d.example. 60 IN MX 10 mx.example.\nmx.example. 60 IN A 127.0.0.1\n" + TLSA);
        signed.addAll(Set.of("d.example.", "mx.example.", "_25._tcp.mx.example."));
        var dns = dns(Dnssec.AUTO);
        assertThat(dns.isOn()).isTrue();
        assertThat(dns.secureMx("d.example")).isEqualTo(new DnsAnswer.Found<>(List.of(
            new Dns.MxRecord(10, "mx.example"))));
        assertThat(dns.tlsaBases("mx.example")).isEqualTo(new DnsAnswer.Found<>(List.of("mx.example")));
        assertThat(dns.tlsa("mx.example", 25)).isEqualTo(new DnsAnswer.Found<>(List.of(
            new SecureDns.Tlsa(3, 1, 1, "00ff"))));
    }

    /** Also from the cache, which knows the answer from before. */
    @Test void whatIsNotSignedCountsAsNone() throws IOException {
        zone("d.example. 60 IN MX 10 mx.example.\nmx.example. 60 IN A 127.0.0.1\n" + TLSA);
        var dns = dns(Dnssec.AUTO);
        assertThat(dns.mx("d.example")).isInstanceOf(DnsAnswer.Found.class);
        assertThat(dns.secureMx("d.example")).isInstanceOf(DnsAnswer.None.class);
        assertThat(dns.tlsaBases("mx.example")).isInstanceOf(DnsAnswer.None.class);
        assertThat(dns.tlsa("mx.example", 25)).isInstanceOf(DnsAnswer.None.class);
    }

    @Test void withoutDnssecNothingIsSecureWhateverTheBitSays() throws IOException {
        zone("mx.example. 60 IN A 127.0.0.1\n" + TLSA);
        signed.addAll(Set.of("mx.example.", "_25._tcp.mx.example."));
        var dns = dns(Dnssec.OFF);
        assertThat(dns.isOn()).isFalse();
        assertThat(dns.tlsaBases("mx.example")).isInstanceOf(DnsAnswer.None.class);
        assertThat(dns.tlsa("mx.example", 25)).isInstanceOf(DnsAnswer.None.class);
    }

    @Test void whatIsBogusIsNotNone() throws IOException {
        zone("mx.example. 60 IN A 127.0.0.1\n");
        signed.add("mx.example.");
        failing.addAll(Set.of("_25._tcp.mx.example. TLSA", "d.example. MX", "gone.example. A", "gone.example. AAAA"));
        var dns = dns(Dnssec.AD);
        assertThat(dns.tlsa("mx.example", 25)).isInstanceOf(DnsAnswer.Temporary.class);
        assertThat(dns.secureMx("d.example")).isInstanceOf(DnsAnswer.Temporary.class);
        assertThat(dns.tlsaBases("gone.example")).isInstanceOf(DnsAnswer.Temporary.class);
    }

    /** The addresses that it was found by: they decide whether there is DANE at all. */
    @Test void oneFamilyThatCannotBeLookedUpIsNotNone() throws IOException {
        failing.addAll(Set.of("six.example. AAAA", "four.example. A"));
        var dns = dns(Dnssec.AD);
        assertThat(dns.tlsaBases("six.example")).isInstanceOf(DnsAnswer.Temporary.class);
        assertThat(dns.tlsaBases("four.example")).isInstanceOf(DnsAnswer.Temporary.class);
        assertThat(dns.tlsaBases("neither.example")).isInstanceOf(DnsAnswer.None.class);
    }

    /** What is SERVFAIL to the one that checks may be an answer to the other, and forged. */
    @Test void anotherResolversAnswerDoesNotStandForTheOneThatIsBelieved() throws IOException {
        zone("d.example. 60 IN MX 10 mx.example.\nmx.example. 60 IN A 127.0.0.1\n");
        var bogus = Set.of("d.example. MX", "_25._tcp.mx.example. TLSA");
        server = new TestNameServer((_, query, response) -> {
            failing.addAll(bogus);
            return answer(query, response);
        });
        try (var other = new TestNameServer(InetAddress.ofLiteral("127.0.0.53"), (_, query, response) -> {
            failing.removeAll(bogus);
            return answer(query, response);
        })) {
            var dns = new DnsJavaDns(new DnsConfig(List.of(server.address(), other.address()), Duration.ofSeconds(5), 2,
                100, Dnssec.AUTO, Optional.empty()));
            assertThat(dns.mx("d.example")).isInstanceOf(DnsAnswer.Found.class);
            assertThat(dns.secureMx("d.example")).isInstanceOf(DnsAnswer.Temporary.class);
            assertThat(dns.tlsa("mx.example", 25)).isInstanceOf(DnsAnswer.Temporary.class);
        }
    }

    /** Docker's and systemd-resolved's: what they say is another one's word. */
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.11", "127.0.0.53", "127.0.0.54"})
    void aForwarderOnThisMachineIsNotBelieved(String address) throws IOException {
        zone(TLSA);
        signed.add("_25._tcp.mx.example.");
        server = new TestNameServer(InetAddress.ofLiteral(address), (_, query, response) -> {
            response.getHeader().setFlag(Flags.AD);
            return answer(query, response);
        });
        assertThat(new DnsJavaDns(config(Dnssec.AUTO, Optional.empty())).isOn()).isFalse();
        assertThat(new DnsJavaDns(config(Dnssec.AD, Optional.empty())).tlsa("mx.example", 25))
            .isInstanceOf(DnsAnswer.Found.class);
    }

    /** RFC 7672 section 2.2.2. */
    @Test void aSignedAliasLeadsToTwoBasesAndOneOutOfTheZoneToItself() throws IOException {
        zone("mx.example. 60 IN CNAME far.example.\nfar.example. 60 IN A 127.0.0.1\n"
            + "out.example. 60 IN CNAME plain.example.\nplain.example. 60 IN A 127.0.0.1\n");
        signed.addAll(Set.of("mx.example.", "far.example.", "out.example."));
        var dns = dns(Dnssec.AUTO);
        assertThat(dns.tlsaBases("mx.example")).isEqualTo(new DnsAnswer.Found<>(List.of("far.example", "mx.example")));
        assertThat(dns.tlsaBases("out.example")).isEqualTo(new DnsAnswer.Found<>(List.of("out.example")));
        assertThat(dns.tlsaBases("plain.example")).isInstanceOf(DnsAnswer.None.class);
    }

    /** Our own check: with the zone's key as trust anchor. */
    @Test void signaturesAreCheckedHere(@TempDir Path home) throws Exception {
        var keys = keys();
        var apex = Name.fromString("example.");
        var key = new DNSKEYRecord(apex, DClass.IN, 60, 257, 3, DNSSEC.Algorithm.ECDSAP256SHA256, keys.getPublic());
        zone(TLSA + "d.example. 60 IN MX 10 mx.example.\nforged.example. 60 IN MX 10 mx.example.\n");
        zone.put(key(apex, Type.DNSKEY), List.of(key));
        for (var set : List.copyOf(zone.values())) {
            sign(set, key, keys);
        }
        zone.get("forged.example. MX").set(0, Record.fromString(Name.fromString("forged.example."), Type.MX, DClass.IN,
            60, "10 evil.example.", Name.root));
        var anchors = Files.writeString(home.resolve("anchors"), key + "\n");
        server = new TestNameServer((_, query, response) -> answer(query, response));
        var dns = new DnsJavaDns(config(Dnssec.VALIDATE, Optional.of(anchors)));
        assertThat(dns.secureMx("d.example")).isInstanceOf(DnsAnswer.Found.class);
        assertThat(dns.tlsa("mx.example", 25)).isInstanceOf(DnsAnswer.Found.class);
        assertThat(dns.secureMx("forged.example")).isInstanceOf(DnsAnswer.Temporary.class);
        assertThat(dns.mx("forged.example")).isInstanceOf(DnsAnswer.Temporary.class);
    }

    private static KeyPair keys() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private void sign(List<Record> records, DNSKEYRecord key, KeyPair keys) throws DNSSEC.DNSSECException {
        var set = new RRset();
        records.forEach(set::addRR);
        var signature = DNSSEC.sign(set, key, keys.getPrivate(), Instant.now().minusSeconds(3600),
            Instant.now().plusSeconds(3600));
        var first = records.getFirst();
        var both = new ArrayList<>(records);
        both.add(signature);
        zone.put(key(first.getName(), first.getType()), both);
    }
}
