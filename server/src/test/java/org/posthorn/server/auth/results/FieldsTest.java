package org.posthorn.server.auth.results;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.server.auth.spf.SpfQuestion;
import org.posthorn.server.auth.spf.SpfResult;
import org.posthorn.server.auth.spf.SpfVerdict;

/** Header fields about senders: their form, and that nobody can write into them. */
class FieldsTest {

    private static SpfVerdict verdict(SpfResult result, String words) {
        return new SpfVerdict(SpfQuestion.of(InetAddress.ofLiteral("2001:db8::1"), words, words + "@" + words), result,
            words, words, words);
    }

    @Test void severalMethodsStandInOneField() {
        assertThat(AuthenticationResults.field("mx.example.org", List.of(
            new AuthenticationResults.Method("spf", "fail", "no \"such\" host", Map.of("smtp.mailfrom", "a@b.example")),
            new AuthenticationResults.Method("iprev", "pass", "", Map.of("policy.iprev", "2001:db8::1")))))
            .isEqualTo("""
                Authentication-Results: mx.example.org;
                \tspf=fail
                \treason="no \\"such\\" host"
                \tsmtp.mailfrom=a@b.example;
                \tiprev=pass
                \tpolicy.iprev="2001:db8::1"
                """.replace("\n", "\r\n"));
        assertThat(AuthenticationResults.field("mx.example.org", List.of()))
            .isEqualTo("Authentication-Results: mx.example.org; none\r\n");
    }

    @ParameterizedTest @CsvSource({"PASS, lets 2001:db8::1 send for it", "FAIL, does not let 2001:db8::1 send for it",
        "SOFTFAIL, probably does not let", "NEUTRAL, says nothing about", "NONE, nobody says who may send for",
        "TEMPERROR, failed for now", "PERMERROR, are wrong"})
    void everyResultIsSaidInWords(SpfResult result, String words) {
        assertThat(SpfFields.receivedSpf(verdict(result, "x.example"), "mx.example.org"))
            .startsWith("Received-SPF: " + result.text() + " (mx.example.org: ").contains(words);
    }

    @ParameterizedTest @CsvSource({"'\"'", "'\\'", "'('", "x"})
    void noLineIsLongerThanALineMayBe(String character) {
        var words = character.repeat(600);
        var verdict = verdict(SpfResult.FAIL, words);
        assertThat((SpfFields.receivedSpf(verdict, "mx.example.org")
            + AuthenticationResults.field("mx.example.org", List.of(SpfFields.method(verdict)))).lines())
            .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(998));
    }

    /** Without quoted strings and comments, what is left is ours. */
    @Test void whateverIsSaidStaysInsideItsQuotes() {
        var random = new Random(8601);
        var pieces = List.of("\"", "\\", "(", ")", ";", "\r\n", "\n", "\r", "\0", "\t", " ", "=", "spf=pass", "a", "@",
            "\u00e9", "\u2028", "X-Field: y", ".", "dkim=pass", "\\\"", "(()");
        for (var i = 0; i < 3_000; i++) {
            var words = new StringBuilder();
            for (var n = random.nextInt(20); n >= 0; n--) {
                words.append(pieces.get(random.nextInt(pieces.size())));
            }
            var verdict = verdict(SpfResult.FAIL, words.toString());
            var results = AuthenticationResults.field("mx.example.org", List.of(SpfFields.method(verdict)));
            assertThat(bare(results)).matches("Authentication-Results: mx\\.example\\.org;\\tspf=fail\\treason="
                + "\\tsmtp\\.mailfrom=[A-Za-z@.=]*");
            assertThat(bare(SpfFields.receivedSpf(verdict, "mx.example.org"))).matches("Received-SPF: fail "
                + "\\treceiver=mx\\.example\\.org;\\tidentity=mailfrom;\\tclient-ip=;\\tenvelope-from=;\\thelo=[a.]*;"
                + "\\tmechanism=[a.]*;\\tproblem=[a.]*");
        }
    }

    /** The field in one line, without quoted strings and comments; every line break has to be a fold. */
    private static String bare(String field) {
        assertThat(field).endsWith("\r\n").matches("[\\x20-\\x7e\\t\\r\\n]*");
        var unfolded = field.substring(0, field.length() - 2).replace("\r\n\t", "\t");
        assertThat(unfolded).doesNotContain("\r", "\n");
        assertThat(field.split("\r\n")).allSatisfy(line -> assertThat(line.length()).isLessThan(999));
        var bare = new StringBuilder();
        var closing = ' ';   // of the quoted string or comment that is open
        for (var i = 0; i < unfolded.length(); i++) {
            var c = unfolded.charAt(i);
            if (closing == ' ') {
                closing = c == '"' ? '"' : c == '(' ? ')' : ' ';
                bare.append(closing == ' ' ? String.valueOf(c) : "");
            } else if (c == '\\') {
                i++;
            } else {
                assertThat(c == '(' && closing == ')').as("a comment in a comment").isFalse();
                closing = c == closing ? ' ' : closing;
            }
        }
        assertThat(closing).as("all is closed").isEqualTo(' ');
        return bare.toString();
    }
}
