package org.posthorn.server.users;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifiersTest {

    /** RFC 7677 section 3: the exchange of user "user" with password "pencil". */
    @Test void theScramVerifierFitsTheExampleOfRfc7677() throws Exception {
        var salt = "W22ZaJ0SNY7soEsUEjb6gQ==";
        var verifier = ScramVerifier.of("pencil", Base64.getDecoder().decode(salt), 4096);
        var nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        var exchange = "n=user,r=rOprNGfwEbeRWgbNEkqO,r=" + nonce + ",s=" + salt + ",i=4096,c=biws,r=" + nonce;
        var decoder = Base64.getDecoder();
        assertThat(ScramVerifier.hmac(decoder.decode(verifier.serverKey()), exchange))
            .isEqualTo(decoder.decode("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
        // ClientKey = ClientProof XOR ClientSignature, and StoredKey is its hash (RFC 5802 section 3).
        var key = decoder.decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        var signature = ScramVerifier.hmac(decoder.decode(verifier.storedKey()), exchange);
        for (var i = 0; i < key.length; i++) {
            key[i] ^= signature[i];
        }
        assertThat(java.security.MessageDigest.getInstance("SHA-256").digest(key))
            .isEqualTo(decoder.decode(verifier.storedKey()));
    }

    @Test void theTextOfAScramVerifierReadsBack() {
        var verifier = ScramVerifier.of("pencil", new byte[16], 4096);
        assertThat(verifier.toString()).matches("SCRAM-SHA-256\\$4096:A{22}==\\$[^:]{44}:[^:]{44}");
        assertThat(ScramVerifier.parse(verifier.toString())).contains(verifier);
    }

    @Test void thePhcStringReadsBackAndFitsOnlyItsPassword() {
        var hash = Argon2Hash.of(octets("secret"), new byte[16], new Argon2Cost(64, 2, 2));
        assertThat(hash.toString()).startsWith("$argon2id$v=19$m=64,t=2,p=2$").doesNotContain("=$");
        var read = Argon2Hash.parse(hash.toString()).orElseThrow();
        assertThat(read).isEqualTo(hash);
        assertThat(read.fits(octets("secret"))).isTrue();
        assertThat(read.fits(octets("Secret"))).isFalse();
    }

    /** Made by the reference implementation: {@code echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1}. */
    @Test void aHashOfTheReferenceImplementationFits() {
        var hash = Argon2Hash.parse("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$"
            + "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc").orElseThrow();
        assertThat(hash.fits(octets("password"))).isTrue();
    }

    @ParameterizedTest @ValueSource(strings = {"", "$argon2id$", "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$x",
        "$argon2id$v=19$m=0,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=99999999,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "pencil"})
    void otherTextsAreNoHash(String text) {
        assertThat(Argon2Hash.parse(text)).isEmpty();
        assertThat(ScramVerifier.parse(text)).isEmpty();
    }

    @Test void damagedVerifiersAreRefusedQuietly() {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(20261121);
        var hash = Argon2Hash.of(octets("secret"), new byte[16], new Argon2Cost(64, 1, 1)).toString();
        var scram = ScramVerifier.of("secret", new byte[16], 4096).toString();
        for (var i = 0; i < 2000; i++) {
            Argon2Hash.parse(damaged(hash, random));
            ScramVerifier.parse(damaged(scram, random));
        }
    }

    private static String damaged(String text, RandomGenerator random) {
        var octets = text.getBytes(StandardCharsets.UTF_8);
        octets[random.nextInt(octets.length)] = (byte) random.nextInt(128);
        return new String(octets, 0, random.nextInt(octets.length + 1), StandardCharsets.UTF_8);
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
