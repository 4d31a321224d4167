package org.posthorn.server.delivery.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.server.dns.SecureDns.Tlsa;

/** RFC 6698, 7671 and 7672: which certificates TLSA records name. */
class DaneProofTest {

    private static final String ZEROES = "00".repeat(32);

    private TestChain chain;

    @BeforeEach void make() throws GeneralSecurityException {
        chain = TestChain.of("mx.example", "*.wild.example");
    }

    private static DaneProof proof(String name, Tlsa... records) {
        return new DaneProof(new TlsPolicy.Dane(name, List.of(records), Set.of(name)));
    }

    private static void good(DaneProof proof, TestChain chain) {
        assertThatCode(() -> proof.check(chain.shown(), "UNKNOWN")).doesNotThrowAnyException();
    }

    private static Shortcoming.Type bad(DaneProof proof, TestChain chain) {
        return catchThrowableOfType(Unverified.class, () -> proof.check(chain.shown(), "UNKNOWN")).shortcoming().type();
    }

    private static String hex(byte[] octets) {
        return HexFormat.of().formatHex(octets);
    }

    /** RFC 7672 section 3.1.1. */
    @Test void anEndEntityNeedsNeitherItsNameNorItsDates() throws GeneralSecurityException {
        var expired = TestChain.of(Duration.ofDays(-1), "other.example");
        good(proof("mx.example", expired.endEntity()), expired);
    }

    @Test void anotherKeyIsRefused() throws GeneralSecurityException {
        assertThat(bad(proof("mx.example", TestChain.of("mx.example").endEntity()), chain))
            .isEqualTo(Shortcoming.Type.CERTIFICATE_NOT_TRUSTED);
    }

    @Test void certificateAndKeyMayStandThereAsAWhole() throws GeneralSecurityException {
        good(proof("x", new Tlsa(3, 0, 0, hex(chain.server().getEncoded()))), chain);
        good(proof("x", new Tlsa(3, 1, 0, hex(chain.server().getPublicKey().getEncoded()))), chain);
        good(proof("mx.example", new Tlsa(2, 0, 0, hex(chain.authority().getEncoded()))), chain);
        good(proof("mx.example", new Tlsa(2, 1, 0, hex(chain.authority().getPublicKey().getEncoded()))), chain);
    }

    /** RFC 7672 section 3.1.2. */
    @ParameterizedTest
    @CsvSource({"mx.example,", "a.wild.example,", "a.b.wild.example,CERTIFICATE_HOST_MISMATCH",
        "other.example,CERTIFICATE_HOST_MISMATCH"})
    void belowAnAuthorityTheNameCounts(String name, Shortcoming.Type wrong) throws GeneralSecurityException {
        var proof = proof(name, chain.anchor());
        if (wrong == null) {
            good(proof, chain);
        } else {
            assertThat(bad(proof, chain)).isEqualTo(wrong);
        }
    }

    @Test void belowAnAuthorityTheDatesCount() throws GeneralSecurityException {
        var expired = TestChain.of(Duration.ofDays(-1), "mx.example");
        assertThat(bad(proof("mx.example", expired.anchor()), expired)).isEqualTo(
            Shortcoming.Type.CERTIFICATE_EXPIRED);
    }

    /** Who shows the true authority's certificate beside one of its own has proved nothing. */
    @Test void anAuthorityThatDidNotSignDoesNotHelp() throws GeneralSecurityException {
        var forged = new TestChain(chain.authority(), TestChain.of("mx.example").server(), chain.keys());
        assertThat(bad(proof("mx.example", chain.anchor()), forged)).isEqualTo(
            Shortcoming.Type.CERTIFICATE_NOT_TRUSTED);
    }

    /** The record of an authority does not name the server's own certificate, nor the other way round. */
    @Test void theUsagesAreNotMixedUp() throws GeneralSecurityException {
        var endAsAnchor = new Tlsa(2, 1, 1, chain.endEntity().data());
        var anchorAsEnd = new Tlsa(3, 0, 1, chain.anchor().data());
        assertThat(bad(proof("mx.example", endAsAnchor, anchorAsEnd), chain)).isEqualTo(
            Shortcoming.Type.CERTIFICATE_NOT_TRUSTED);
    }

    @ParameterizedTest
    @CsvSource({"0,0,1", "1,1,1", "4,1,1", "3,2,1", "3,1,3", "255,255,255"})
    void whatMailKnowsNothingOfCannotBeUsed(int usage, int selector, int matching) {
        assertThat(TlsaRecords.usable(List.of(new Tlsa(usage, selector, matching, ZEROES)))).isEmpty();
    }

    @Test void whatIsMalformedCannotBeUsed() {
        assertThat(TlsaRecords.usable(List.of(new Tlsa(3, 1, 1, "00"), new Tlsa(3, 1, 2, ZEROES),
            new Tlsa(2, 0, 0, "00"), new Tlsa(3, 1, 0, "")))).isEmpty();
    }

    /** RFC 7671 section 9: who can forge the weaker digest gains nothing. */
    @Test void onlyTheStrongestDigestOfAKindCounts() {
        var strong = new Tlsa(3, 1, 2, ZEROES + ZEROES);
        var other = new Tlsa(2, 1, 1, ZEROES);
        assertThat(TlsaRecords.usable(List.of(new Tlsa(3, 1, 1, ZEROES), strong, other)))
            .containsExactly(strong, other);
    }
}
