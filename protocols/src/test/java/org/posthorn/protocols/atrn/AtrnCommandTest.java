package org.posthorn.protocols.atrn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.address.DomainName;

class AtrnCommandTest {

    @Test void noDomainsMeanAll() {
        assertThat(AtrnCommand.parse("")).isEqualTo(new AtrnCommand.Turn(List.of()));
    }

    @Test void domainsHaveACommaBetweenThemAndAreComparedInLowerCase() {
        assertThat(AtrnCommand.parse("Example.ORG,example.com,example.org."))
            .isEqualTo(new AtrnCommand.Turn(List.of("example.org", "example.com")));
    }

    @ParameterizedTest
    @ValueSource(strings = {",", "example.org,", ",example.org", "example.org, example.com", "example.org example.com",
        "[192.0.2.1]", "ann@example.org", "@example.org", "#night", "example..org", "a_b.example", "\u00fc.example",
        "example.org;example.com", "example.org\u0000"})
    void allElseIsASyntaxError(String argument) {
        assertThat(AtrnCommand.parse(argument)).as(argument)
            .isInstanceOfSatisfying(AtrnCommand.Faulty.class, faulty -> assertThat(faulty.reply().code())
                .isEqualTo(501));
    }

    @Test void anyTextIsReadOrRefused() {
        var random = new java.util.Random(2645);
        for (var i = 0; i < 20_000; i++) {
            var text = new StringBuilder();
            for (var length = random.nextInt(30); length > 0; length--) {
                text.append("abc-.,@#[ 1\u00e4\t".charAt(random.nextInt(13)));
            }
            if (AtrnCommand.parse(text.toString()) instanceof AtrnCommand.Turn(var domains)) {
                assertThat(domains).doesNotHaveDuplicates().allSatisfy(domain ->
                    assertThat(DomainName.parse(domain, false).toString()).contains(domain));
            }
        }
    }
}
