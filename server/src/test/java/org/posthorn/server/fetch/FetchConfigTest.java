package org.posthorn.server.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.mailets.port.HostPort;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problem;
import org.posthorn.server.config.Problems;

class FetchConfigTest {

    @TempDir private Path home;
    private final Problems problems = new Problems();

    private FetchConfig read(String xml) {
        return FetchConfig.read(ConfigFile.read("fetch.xml", new ByteArrayInputStream(
            xml.getBytes(StandardCharsets.UTF_8)), "fetch", problems).orElseThrow(), home);
    }

    private List<String> complaints(String xml) {
        read(xml);
        return problems.all().stream().map(Problem::toString).toList();
    }

    @Test void whatIsShippedAsksNobody() {
        var shipped = ConfigFile.read(Path.of("../conf/fetch.xml"), "fetch", problems).orElseThrow();
        assertThat(FetchConfig.read(shipped, home)).isEqualTo(new FetchConfig(List.of())).isEqualTo(read("<fetch/>"));
        assertThat(problems.all()).isEmpty();
    }

    @Test void anUpstreamSaysWhomToAskForWhatAndWhen() throws IOException {
        var config = read("""
            <fetch>
              <etrn id="relay" server="relay.example.net:25" every="1 h" at-start="false">
                <node>@a.example</node><node>#night</node>
              </etrn>
              <atrn id="isp" server="mail.example.net:366" user="ann@example.net" password-file="isp.password">
                <domain>a.example</domain><domain>b.example</domain>
              </atrn>
            </fetch>
            """);
        assertThat(problems.all()).isEmpty();
        assertThat(config.upstreams().getFirst().every()).isEqualTo(Duration.ofMinutes(15));
        assertThat(config.upstreams().getFirst().atStart()).isTrue();
        assertThat(config.upstreams().getLast().every()).isEqualTo(Duration.ofHours(1));
        assertThat(config.upstreams().getLast().atStart()).isFalse();
        assertThat(config.upstreams().getLast().errand()).isEqualTo(new Errand(new HostPort("relay.example.net", 25),
            Errand.Way.ETRN, List.of("@a.example", "#night"), new Errand.Line(Security.OPPORTUNISTIC, false),
            Optional.empty()));
        assertThatThrownBy(() -> config.upstreams().getFirst().errand()).isInstanceOf(IOException.class)
            .hasMessageContaining("isp.password cannot be read; its first line should be the secret");
        var password = Files.writeString(home.resolve("isp.password"), "first\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        assertThat(config.upstreams().getFirst().errand().login()).contains(
            new Errand.Login("ann@example.net", "first"));
        Files.writeString(password, "second\n");
        assertThat(config.upstreams().getFirst().errand()).satisfies(errand -> {
            assertThat(errand.login()).as("read each time").contains(new Errand.Login("ann@example.net", "second"));
            assertThat(errand).asString().as("not for logs").doesNotContain("second");
        });
    }

    @Test void mistakesAreToldWithTheirLine() {
        assertThat(complaints("""
            <fetch>
              <atrn id="a" server="mail.example.net:366"/>
              <etrn id="b" server="mail.example.net:25"/>
              <atrn id="c" server="mail.example.net:366" user="u" tls="none"/>
              <etrn id="c" server="mail.example.net:366"><node>a.example</node></etrn>
              <atrn id="d" server="mail.example.net:366" user="u"><domain>@a.example</domain></atrn>
              <etrn id="e" server="mail.example.net:25"><node>[192.0.2.1]</node></etrn>
              <atrn id="F" server="mail.example.net" user="u"/>
            </fetch>
            """)).satisfiesExactlyInAnyOrder(
                told -> assertThat(told).startsWith("fetch.xml:2: ").contains("user"),
                told -> assertThat(told).startsWith("fetch.xml:3: ").contains("node"),
                told -> assertThat(told).startsWith("fetch.xml:4: user needs TLS"),
                told -> assertThat(told).startsWith("fetch.xml:5: there is a second c"),
                told -> assertThat(told).startsWith("fetch.xml:6: domain: expected a domain such as branch.example"),
                told -> assertThat(told).startsWith("fetch.xml:7: node: expected a domain, @domain or #queue"),
                told -> assertThat(told).startsWith("fetch.xml:8: id: expected a short name"),
                told -> assertThat(told).startsWith("fetch.xml:8: server: "));
    }

    @Test void aPasswordGoesUnderTlsWithAGoodCertificate() throws IOException {
        Files.createDirectories(home.resolve("data"));
        var file = Files.writeString(home.resolve("data/upstream.password"), "secret");
        var upstream = read("<fetch><etrn id='a' server='h:25' user='u'><node>a.example</node></etrn></fetch>")
            .upstreams().getFirst();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw----r--"));
        assertThatThrownBy(upstream::errand).isInstanceOf(IOException.class)
            .hasMessage(file + " can be read by others; run: chmod 600 " + file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
        assertThat(upstream.errand().line()).isEqualTo(new Errand.Line(Security.STARTTLS, false));
    }
}
