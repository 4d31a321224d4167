package org.posthorn.server.delivery.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problems;
import org.posthorn.server.delivery.tls.TlsRule.Want;
import org.posthorn.server.delivery.tls.TlsTerms.Minimum;

/** The section {@code <tls>} of conf/delivery.xml. */
class TlsConfigTest {

    @TempDir private Path home;
    private final Problems problems = new Problems();

    private TlsConfig read(String tls) {
        var section = ConfigFile.read("delivery.xml", new ByteArrayInputStream(("<delivery>" + tls + "</delivery>")
            .getBytes(StandardCharsets.UTF_8)), "delivery", problems).orElseThrow();
        return TlsConfig.read(section.childOrEmpty("tls"), "mx.example.org", home);
    }

    @Test void withoutASectionAllIsHeldToAndNothingReported() {
        assertThat(read("")).isEqualTo(TlsConfig.of("mx.example.org", home));
        assertThat(read("<tls/>").dane()).isTrue();
        assertThat(read("<tls/>").sts().on()).isTrue();
        assertThat(read("<tls/>").reports().on()).isFalse();
        assertThat(problems.isEmpty()).isTrue();
    }

    @Test void everyKeyIsRead() throws Exception {
        TestChain.of("x").authorityFile(home);
        var config = read("""
            <tls>
              <minimum>1.3</minimum> <dane>false</dane> <mta-sts on="false" timeout="3 s"/>
              <authorities>authority.pem</authorities>
              <domain name="Bank.Example" policy="required" names="a.example, *.B.example" minimum="1.2"/>
              <domain name="*.example" policy="dane"/>
              <reports on="true" organization="Org" contact="tls@example.org"/>
            </tls>""");
        assertThat(problems.all()).isEmpty();
        assertThat(config.minimum()).isEqualTo(Minimum.TLS_1_3);
        assertThat(config.dane()).isFalse();
        assertThat(config.sts()).isEqualTo(new TlsConfig.Sts(false, Duration.ofSeconds(3)));
        assertThat(config.authorities()).isEqualTo(Optional.of(home.resolve("authority.pem")));
        assertThat(config.reports()).isEqualTo(new TlsConfig.Reports(true, "Org", "tls@example.org"));
        assertThat(config.rule("bank.EXAMPLE", Want.OPPORTUNISTIC)).isEqualTo(
            new TlsRule(Want.REQUIRED, Set.of("a.example", "*.b.example"), Minimum.TLS_1_2));
        assertThat(config.rule("deep.below.example", Want.NEVER)).isEqualTo(
            new TlsRule(Want.DANE, Set.of(), Minimum.TLS_1_3));
        assertThat(config.rule("example", Want.NEVER)).isEqualTo(new TlsRule(Want.NEVER, Set.of(), Minimum.TLS_1_3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"<minimum>1.1</minimum>", "<dane>maybe</dane>", "<mta-sts timeout='soon'/>",
        "<authorities>nowhere.pem</authorities>", "<domain policy='dane'/>", "<domain name='a' policy='strict'/>",
        "<domain name='a'/><domain name='A'/>", "<domain name='a' policy='dane' names='b'/>",
        "<reports contact='me'/>", "<tlsa/>"})
    void mistakesAreTold(String wrong) {
        read("<tls>" + wrong + "</tls>");
        assertThat(problems.all()).hasSize(1);
    }
}
