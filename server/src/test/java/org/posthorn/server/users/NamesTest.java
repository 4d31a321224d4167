package org.posthorn.server.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.address.Mailbox;

class NamesTest {

    @ParameterizedTest @CsvSource({"ann@example.org, ann@example.org", "Ann@EXAMPLE.ORG., Ann@example.org",
        "ann@b\u00fccher.example, ann@xn--bcher-kva.example", "*@example.org, *@example.org",
        "'\"a b\"@example.org', '\"a b\"@example.org'", "' ann@example.org ', ann@example.org"})
    void addressesAreRead(String written, String expected) {
        assertThat(Names.mailbox(written).toString()).isEqualTo(expected);
    }

    @ParameterizedTest @ValueSource(strings = {"", "ann", "@example.org", "ann@", "a b@example.org", "ann@exa mple",
        "ann@example..org", "ann@-x.example", "a\nb@example.org", "ann@example.org:secret",
        "0123456789012345678901234567890123456789012345678901234567890123456789@example.org"})
    void otherTextsAreRefusedInOneLine(String written) {
        assertThatExceptionOfType(DirectoryException.class).isThrownBy(() -> Names.mailbox(written))
            .satisfies(e -> assertThat(e.getMessage()).contains("expected").doesNotContain("\n"))
            .satisfies(e -> assertThat(e.kind()).isEqualTo(DirectoryException.Kind.INVALID));
    }

    @ParameterizedTest @ValueSource(strings = {"", ".", "..", "a b", "-a.example", "[192.0.2.1]", "a_b.example", "a@b"})
    void otherDomainsAreRefused(String written) {
        assertThatExceptionOfType(DirectoryException.class).isThrownBy(() -> Names.domain(written));
    }

    @Test void foldingIsDoneOnce() {
        var folded = Names.folded(new Mailbox("J\u00dcRGEN", "example.org"));
        assertThat(folded).isEqualTo(new Mailbox("j\u00fcrgen", "example.org"));
        assertThat(Names.folded(folded)).isSameAs(folded);
    }
}
