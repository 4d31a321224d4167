package org.posthorn.server.delivery.etrn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.protocols.sasl.Secrets;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problem;
import org.posthorn.server.config.Problems;

class EtrnConfigTest {

    @TempDir private Path home;
    private final Problems problems = new Problems();

    private EtrnConfig read(String xml) {
        var section = ConfigFile.read("etrn.xml", new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)),
            "etrn", problems).orElseThrow();
        var config = EtrnConfig.read(section, home);
        return config;
    }

    private List<String> complaints(String xml) {
        read(xml);
        return problems.all().stream().map(Problem::toString).toList();
    }

    @Test void whatIsShippedSaysTheDefaults() {
        var shipped = ConfigFile.read(Path.of("../conf/etrn.xml"), "etrn", problems).orElseThrow();
        assertThat(EtrnConfig.read(shipped, home)).isEqualTo(EtrnConfig.DEFAULT).isEqualTo(read("<etrn/>"));
        assertThat(problems.all()).isEmpty();
    }

    @Test void nodesAndQueuesAreRead() {
        var config = read("""
            <etrn>
              <relay-domains>false</relay-domains>
              <again>1 m</again>
              <node name="Branch.Example" etrn-only="true"><from>192.0.2.0/24</from><user>b@x.example</user></node>
              <node name="@field.example" tls="true"><from>anyone</from><user>anyone</user></node>
              <queue name="Night"><domain>a.example</domain><domain>@b.example</domain></queue>
            </etrn>
            """);
        assertThat(problems.all()).isEmpty();
        assertThat(config.again()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.nodes()).extracting(node -> node.pattern().toString())
            .containsExactly("branch.example", "@field.example");
        assertThat(config.queues()).singleElement().satisfies(queue -> {
            assertThat(queue.name()).isEqualTo("night");
            assertThat(queue.covers("x.b.example")).isTrue();
            assertThat(queue.covers("x.a.example")).isFalse();
        });
        assertThat(config.waits("branch.example")).isTrue();
        assertThat(config.waits("sub.branch.example")).isFalse();
        assertThat(config.waits("field.example")).isFalse();
    }

    @Test void theFirstEntryThatCoversADomainHolds() {
        assertThat(read("""
            <etrn><node name="www.a.example"/><node name="@a.example" etrn-only="true"/></etrn>
            """).waits("www.a.example")).isFalse();
    }

    @Test void mailIsHandedOutToThoseWhoAreNamed() {
        var config = read("""
            <etrn>
              <node name="www.a.example"/>
              <node name="@a.example" atrn-only="true"><atrn>Ann@X.example</atrn><atrn>b@x.example</atrn></node>
            </etrn>
            """);
        assertThat(problems.all()).isEmpty();
        assertThat(config.isFetchedOnly("a.example")).isTrue();
        assertThat(config.isFetchedOnly("www.a.example")).isFalse();
        assertThat(config.node("sub.a.example").orElseThrow().fetching().owns("ann@x.example")).isTrue();
        assertThat(config.node("sub.a.example").orElseThrow().fetching().owns("eve@x.example")).isFalse();
    }

    @Test void aSharedSecretIsTheFirstLineOfItsFileNow() throws IOException {
        var secrets = new SharedSecrets(read("""
            <etrn><cram-md5 user="Dialin@X.example" secret-file="dialin.secret"/></etrn>
            """));
        assertThat(secrets.areThere()).isTrue();
        assertThat(new SharedSecrets(EtrnConfig.DEFAULT).areThere()).isFalse();
        assertThat(secrets.of("eve@x.example")).isEqualTo(new Secrets.Lookup.Unknown());
        assertThat(secrets.of("dialin@x.example")).isInstanceOf(Secrets.Lookup.Unavailable.class);
        var file = Files.writeString(home.resolve("dialin.secret"), "one\ntwo\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(secrets.of("dialin@x.example")).isEqualTo(new Secrets.Lookup.Unavailable(
            file + " can be read by others; run: chmod 600 " + file));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(secrets.of("DIALIN@x.example")).isEqualTo(new Secrets.Lookup.Known("dialin@x.example", "one"))
            .asString().doesNotContain("one");
        assertThat(complaints("<etrn><cram-md5 user='dialin' secret-file='x'/></etrn>")).singleElement().asString()
            .contains("user: expected a user's address");
    }

    @Test void mistakesWithAtrnAreTold() {
        assertThat(complaints("""
            <etrn>
              <node name="a.example" atrn-only="true"/>
              <node name="b.example" atrn-only="true" etrn-only="true"><atrn>b@x.example</atrn></node>
              <node name="c.example"><atrn>anyone</atrn></node>
            </etrn>
            """)).satisfiesExactly(
                told -> assertThat(told).startsWith("etrn.xml:2: atrn-only needs an <atrn>"),
                told -> assertThat(told).startsWith("etrn.xml:3: etrn-only and atrn-only are two ways"),
                told -> assertThat(told).startsWith("etrn.xml:4: atrn: expected a user's address, found 'anyone'"));
    }

    @Test void mistakesAreToldWithTheirLine() {
        assertThat(complaints("""
            <etrn>
              <node/>
              <node name="[192.0.2.1]"/>
              <node name="a.example"><from>somewhere</from><user>nobody</user></node>
              <node name="a.example"/>
              <queue name="no name"><domain>a.example</domain></queue>
              <queue name="n"/>
              <again>soon</again>
              <nodes/>
            </etrn>
            """)).satisfiesExactlyInAnyOrder(
                told -> assertThat(told).contains("2").contains("name"),
                told -> assertThat(told).contains("expected a domain such as branch.example"),
                told -> assertThat(told).contains("from: expected an address or a range"),
                told -> assertThat(told).contains("user: expected a user's address"),
                told -> assertThat(told).contains("there is a second <node> a.example"),
                told -> assertThat(told).contains("expected a short name such as night"),
                told -> assertThat(told).contains("domain"),
                told -> assertThat(told).contains("again: expected a time"),
                told -> assertThat(told).contains("<etrn> has no element <nodes>"));
    }
}
