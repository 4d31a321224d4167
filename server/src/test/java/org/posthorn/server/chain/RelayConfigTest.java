package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.mailets.port.RelayClient;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problems;

/** conf/relay.xml, and the one decision about relaying. */
class RelayConfigTest {

    private static final String DIGITS = "0123456789abcdef".repeat(4);
    private static final String FINGERPRINT = "sha256:" + DIGITS;

    private final Problems problems = new Problems();

    private RelayConfig read(String content) {
        return RelayConfig.read(ConfigFile.read("relay.xml",
            new ByteArrayInputStream(("<relay>\n" + content + "\n</relay>").getBytes(StandardCharsets.UTF_8)), "relay",
            problems).orElseThrow());
    }

    @ParameterizedTest @CsvSource(nullValues = "-", value = {
        "ann@example.org, 192.0.2.1, sha256:x, far.example, auth ann@example.org",
        "'', 192.0.2.1, LISTED, far.example, certificate LISTED",
        "'', 192.0.2.1, sha256:x, far.example, trust 192.0.2.0/24",
        "'', 2001:db8::7, '', far.example, trust 2001:db8:0:0:0:0:0:0/32",
        "'', 198.51.100.1, sha256:x, Partner.EXAMPLE, relay-domain partner.example",
        "'', 198.51.100.1, '', partner.example., relay-domain partner.example",
        "'', 198.51.100.1, '', sub.partner.example, -", "'', 198.51.100.1, '', xpartner.example, -",
        "'', 198.51.100.1, '', far.example, -", "'', 127.0.0.1, '', far.example, -", "'', ::1, '', far.example, -",
        "'', '', '', far.example, -", "'', unknown, '', [192.0.2.1], -", "'', 0.0.0.0, sha256:, far.example, -"})
    void theRuleIsNamed(String user, String address, String certificate, String domain, String rule) {
        var relay = read("<trust>192.0.2.0/24</trust><trust>2001:db8::/32</trust><relay-domain>"
            + "Partner.Example</relay-domain><certificate fingerprint='" + FINGERPRINT + "'/>");
        var client = new RelayClient(user, address, certificate.replace("LISTED", FINGERPRINT));
        assertThat(relay.rule(client, domain).map(named -> named.replace(FINGERPRINT, "LISTED")).orElse(null))
            .isEqualTo(rule);
        assertThat(problems.all()).isEmpty();
    }

    @Test void aFingerprintIsTakenAsToolsWriteIt() {
        var written = DIGITS.toUpperCase(Locale.ROOT).replaceAll("(..)(?!$)", "$1:");
        for (var form : new String[] {FINGERPRINT, DIGITS, written, "SHA256:" + written}) {
            assertThat(read("<certificate fingerprint='" + form + "'/>").certificates()).containsExactly(FINGERPRINT);
        }
        assertThat(problems.all()).isEmpty();
    }

    @ParameterizedTest @ValueSource(strings = {"fingerprint=''", "fingerprint='sha1:0123'", "",
        "fingerprint='sha256:0123456789abcdeg'", "fingerprint='CN=laptop'"})
    void whatIsNoFingerprintIsTold(String attribute) {
        assertThat(read("<certificate " + attribute + "/>").certificates()).isEmpty();
        assertThat(problems.all()).isNotEmpty().allSatisfy(problem ->
            assertThat(problem.toString()).startsWith("relay.xml:2: ").contains("fingerprint"));
    }

    @Test void domainsAreVerifiedOneByOne() {
        var relay = read("<relay-domain verify='true'>Partner.example.</relay-domain>"
            + "<relay-domain verify='false'>one.example</relay-domain><relay-domain>two.example</relay-domain>"
            + "<verification><wait>3 s</wait><unanswered>take</unanswered></verification>");
        assertThat(problems.all()).isEmpty();
        assertThat(relay.relayDomains()).containsExactlyInAnyOrder("partner.example", "one.example", "two.example");
        assertThat(relay.verify().domains()).containsExactly("partner.example");
        assertThat(relay.isVerified("PARTNER.example")).isTrue();
        assertThat(relay.isVerified("one.example")).isFalse();
        assertThat(relay.verify().within()).isEqualTo(Duration.ofSeconds(3));
        assertThat(relay.verify().takeUnanswered()).isTrue();
    }
}
