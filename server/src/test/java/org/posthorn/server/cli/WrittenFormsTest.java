package org.posthorn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WrittenFormsTest {

    @ParameterizedTest @CsvSource(nullValues = "-", value = {"a@b, a@b, -", "a@b:c, a@b, c", "a@b:, a@b, ''",
        "a@b:c:d, a@b, c:d", "a:x@b:c, a:x@b, c", "a@b:c@d, a@b, c@d", "'\"a@x:y\"@b:c', '\"a@x:y\"@b', c",
        "a:b, a, b", "a, a, -", "'', '', -"})
    void theFirstColonBehindTheAtBeginsThePassword(String written, String name, String password) {
        assertThat(NameAndPassword.of(written)).isEqualTo(new NameAndPassword(name, Optional.ofNullable(password)));
    }

    @ParameterizedTest @CsvSource({"a@b=c@d, a@b, c@d", "a=x@b=c=y@d, a=x@b, c=y@d",
        "*@b=c@d, *@b, c@d", "a@b=, a@b, ''"})
    void theFirstEqualsBehindTheAtParts(String written, String from, String to) {
        assertThat(FromTo.of(written)).contains(new FromTo(from, to));
    }

    @ParameterizedTest @ValueSource(strings = {"", "a", "a=b", "a=b@c", "=", "a@b"})
    void otherTextsAreNoAlias(String written) {
        assertThat(FromTo.of(written)).isEmpty();
    }

    @Test void recordsForDnsAreAscii() {
        assertThat(new DnsRecords("mx.b\u00fccher.example", List.of("b\u00fccher.example", "Example.ORG.")).text())
            .contains("xn--bcher-kva.example. ", "10 mx.xn--bcher-kva.example.", "example.org. ")
            .isASCII();
    }

    @Test void thePasswordIsNotShown() {
        var written = NameAndPassword.of("ann@example.org:secret");
        assertThat(written.toString()).doesNotContain("secret");
        assertThat(written.user().toString()).doesNotContain("secret");
    }
}
