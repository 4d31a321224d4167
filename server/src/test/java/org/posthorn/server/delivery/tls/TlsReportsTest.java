package org.posthorn.server.delivery.tls;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.server.bounce.BounceConfig;
import org.posthorn.server.dns.ZoneDns;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.SpooledMessage;
import org.posthorn.server.spool.TestClock;

/** Reports on TLS (RFC 8460). */
class TlsReportsTest {

    private static final Basis STS = new Basis("d.example", Basis.Type.STS, List.of("version: STSv1", "mode: testing"),
        List.of("*.d.example"), Optional.empty());
    private static final Shortcoming EXPIRED = new Shortcoming(Shortcoming.Type.CERTIFICATE_EXPIRED, "NotAfter: \"x\"");

    @TempDir private Path home;
    private final TestClock clock = new TestClock();
    private final ZoneDns zone = new ZoneDns();
    private final InMemorySpool spool = new InMemorySpool(clock);
    private final List<String> posted = new ArrayList<>();
    private boolean broken;
    private TlsReports reports;

    @BeforeEach void start() {
        start(true);
    }

    private void start(boolean on) {
        var usual = TlsConfig.of("me.example", home);
        var config = new TlsConfig(true, usual.sts(), usual.minimum(), Optional.empty(), Map.of(),
            new TlsConfig.Reports(on, "Me", "tls@me.example"), usual.data());
        var ours = BounceConfig.of("me.example");
        reports = new TlsReports(config, ours, zone, new ReportMail(spool, ours, config, clock), this::post,
            new ReportFiles(config), clock);
    }

    private void post(URI to, byte[] report) throws IOException {
        if (to.getHost().equals("evil.example")) {
            throw new IllegalArgumentException("no URI for HTTP, says the test");
        }
        if (broken) {
            throw new IOException("broken, says the test");
        }
        posted.add(to + " " + unzipped(report));
    }

    private static String unzipped(byte[] octets) throws IOException {
        try (var zip = new GZIPInputStream(new ByteArrayInputStream(octets))) {
            return new String(zip.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void count(int good, int bad) {
        for (var i = 0; i < good + bad; i++) {
            reports.add(new Session(STS, "mx.d.example", "192.0.2.1", "192.0.2.9",
                i < good ? Optional.empty() : Optional.of(EXPIRED)));
        }
    }

    private List<SpooledMessage> mails() {
        try {
            return spool.takePending(Duration.ZERO).stream().toList();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test void aDaysCountsAreMailedWhenItIsOver() throws IOException {
        zone.txt("_smtp._tls.d.example", "v=TLSRPTv1; rua=mailto:reports@d.example");
        count(2, 1);
        clock.pass(Duration.ofHours(11));
        reports.sendDue();
        assertThat(mails()).isEmpty();
        clock.pass(Duration.ofHours(6));
        reports.sendDue();
        var mail = mails().getFirst();
        assertThat(mail.origin().sender()).isEqualTo(ReversePath.none());
        assertThat(mail.recipients()).singleElement().satisfies(to -> {
            assertThat(to.recipient().mailbox()).hasToString("reports@d.example");
            assertThat(to.recipient().notifyOn()).containsExactly(Recipient.Notify.NEVER);
        });
        var text = new String(mail.variants().getFirst().content().open().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(text).contains("TLS-Required: No\r\n", "TLS-Report-Domain: d.example\r\n",
            "TLS-Report-Submitter: me.example\r\n", "multipart/report; report-type=\"tlsrpt\"",
            "From: <tls@me.example>", "filename=\"me.example!d.example!1772323200!1772409599!");
        var attached = text.substring(text.indexOf("\r\n\r\n", text.indexOf("filename=")) + 4,
            text.lastIndexOf("--=_"));
        var json = new ObjectMapper().readTree(unzipped(Base64.getMimeDecoder().decode(attached.split("\r\n--")[0])));
        assertThat(json.at("/date-range/start-datetime").asText()).isEqualTo("2026-03-01T00:00:00Z");
        assertThat(json.at("/organization-name").asText()).isEqualTo("Me");
        assertThat(json.at("/policies/0/policy/policy-type").asText()).isEqualTo("sts");
        assertThat(json.at("/policies/0/policy/mx-host/0").asText()).isEqualTo("*.d.example");
        assertThat(json.at("/policies/0/summary/total-successful-session-count").asInt()).isEqualTo(2);
        assertThat(json.at("/policies/0/summary/total-failure-session-count").asInt()).isEqualTo(1);
        assertThat(json.at("/policies/0/failure-details/0/result-type").asText()).isEqualTo("certificate-expired");
        assertThat(json.at("/policies/0/failure-details/0/receiving-ip").asText()).isEqualTo("192.0.2.1");
        reports.sendDue();
        assertThat(mails()).isEmpty();
    }

    @Test void countsOutlastARestart() {
        zone.txt("_smtp._tls.d.example", "v=TLSRPTv1; rua=https://d.example/tls");
        count(1, 1);
        reports.save();
        start(true);
        count(1, 0);
        reports.save();
        start(true);
        clock.pass(Duration.ofHours(17));
        reports.sendDue();
        assertThat(posted).singleElement().asString().startsWith("https://d.example/tls {")
            .contains("\"total-successful-session-count\":2", "\"total-failure-session-count\":1");
    }

    @Test void whatIsNotTakenIsTriedAgainForADay() {
        zone.txt("_smtp._tls.d.example", "v=TLSRPTv1; rua=https://d.example/tls");
        count(1, 0);
        clock.pass(Duration.ofHours(17));
        broken = true;
        reports.sendDue();
        broken = false;
        reports.sendDue();
        assertThat(posted).hasSize(1);
        count(1, 0);
        broken = true;
        clock.pass(Duration.ofDays(3));
        reports.sendDue();
        broken = false;
        reports.sendDue();
        assertThat(posted).hasSize(1);
    }

    /** What a stranger wrote into his record. */
    @Test void oneTargetThatBreaksStopsNoOther() {
        zone.txt("_smtp._tls.d.example", "v=TLSRPTv1; rua=https://evil.example/,https://d.example/tls");
        count(1, 0);
        clock.pass(Duration.ofHours(17));
        reports.sendDue();
        reports.sendDue();
        assertThat(posted).singleElement().asString().startsWith("https://d.example/tls");
        clock.pass(Duration.ofHours(24));
        reports.sendDue();
        start(true);
        reports.sendDue();
        assertThat(posted).hasSize(1);
    }

    @Test void whoHasTheReportDoesNotGetItAgain() {
        zone.txt("_smtp._tls.d.example", "v=TLSRPTv1; rua=mailto:reports@d.example,https://d.example/tls");
        count(1, 0);
        clock.pass(Duration.ofHours(17));
        broken = true;
        reports.sendDue();
        assertThat(mails()).hasSize(1);
        reports.sendDue();
        broken = false;
        reports.sendDue();
        assertThat(mails()).isEmpty();
        assertThat(posted).hasSize(1);
    }

    /** A domain writes its own records, and its hosts the failures: none crowds out the others, or fills the memory. */
    @Test void noDomainIsCountedWithoutMeasure() throws IOException {
        zone.txt("_smtp._tls.d.example", "v=TLSRPTv1; rua=https://d.example/tls");
        zone.txt("_smtp._tls.e.example", "v=TLSRPTv1; rua=https://e.example/tls");
        for (var i = 0; i < 30_000; i++) {
            reports.add(new Session(STS, "mx.d.example", "192.0.2.1", "192.0.2.9", Optional.of(new Shortcoming(
                Shortcoming.Type.VALIDATION_FAILURE, i + "x".repeat(1000)))));
        }
        reports.add(new Session(new Basis("e.example", Basis.Type.TLSA, Collections.nCopies(1000, "y".repeat(1000)),
            List.of(), Optional.empty()), "mx", "192.0.2.1", "192.0.2.9", Optional.empty()));
        reports.save();
        try (var files = Files.list(home.resolve("data/tls/reports"))) {
            assertThat(files.toList()).singleElement().satisfies(file ->
                assertThat(Files.size(file)).isLessThan(300_000));
        }
        start(true);
        clock.pass(Duration.ofHours(17));
        reports.sendDue();
        assertThat(posted).hasSize(2).anyMatch(report -> report.startsWith("https://e.example/tls"));
    }

    @Test void whoDoesNotAskIsNotTold() {
        count(1, 0);
        clock.pass(Duration.ofHours(17));
        reports.sendDue();
        zone.txt("_smtp._tls.d.example", "v=TLSRPTv1; rua=https://d.example/tls");
        reports.sendDue();
        assertThat(posted).isEmpty();
    }

    @Test void nothingIsCountedUnlessItIsSwitchedOn() {
        start(false);
        count(1, 1);
        reports.save();
        assertThat(home.resolve("data")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        v=TLSRPTv1; rua=mailto:a@d.example                          | a@d.example
        v=TLSRPTv1;rua=mailto:a@d.example,https://d.example/x%21    | a@d.example https://d.example/x%21
        v=TLSRPTv1; rua=mailto:a%2bb@d.example?subject=x            | a+b@d.example
        v=TLSRPTv1; rua=http://d.example/, ftp://x, mailto:nobody   | ''
        v=TLSRPTv1; rua=https://x.example:99999/,https://x.example:0/ | ''
        v=TLSRPTv2; rua=mailto:a@d.example                          | ''
        v=TLSRPTv1                                                  | ''
        """)
    void theRecordSaysWhoIsTold(String record, String targets) {
        assertThat(ReportTargets.of(List.of("v=spf1 -all", record)).stream().map(target -> switch (target) {
            case ReportTargets.ByMail(var to) -> to.toString();
            case ReportTargets.ByHttps(var to) -> to.toString();
        }).reduce("", (all, one) -> all.isEmpty() ? one : all + " " + one)).isEqualTo(targets);
    }

    @Test void twoRecordsAreNone() {
        var record = "v=TLSRPTv1; rua=mailto:a@d.example";
        assertThat(ReportTargets.of(List.of(record, record))).isEmpty();
    }
}
