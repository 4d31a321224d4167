package org.posthorn.protocols.client;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The client's half of SCRAM-SHA-256, without channel binding (RFC 5802 section 3, RFC 7677). The password is put into
 * NFC and not prepared further (RFC 8265 section 4.2).
 *
 * @param nonce ours: printable, without comma, never the same again
 */
record ScramProof(Credentials credentials, String nonce) {

    private static final Pattern SERVER_FIRST = Pattern.compile(
        "r=(?<nonce>[!-+--~]+),s=(?<salt>[A-Za-z0-9+/]+={0,2}),i=(?<count>[1-9][0-9]{0,5})(?:,.*)?");
    private static final String NO_BINDING = "n,,";
    private static final int BITS = 256;

    /** Our answer, and what the server has to say then to prove that it knows the password. */
    record Exchange(String response, String expected) {
    }

    /** The first message. */
    String first() {
        return NO_BINDING + bare();
    }

    private String bare() {
        return "n=" + credentials.user().replace("=", "=3D").replace(",", "=2C") + ",r=" + nonce;
    }

    /** The answer to the server's first message; empty when that is not one, or answers somebody else. */
    Optional<Exchange> answer(String serverFirst) {
        var said = SERVER_FIRST.matcher(serverFirst);
        if (!said.matches() || !said.group("nonce").startsWith(nonce) || said.group("nonce").equals(nonce)) {
            return Optional.empty();
        }
        try {
            var salted = salted(Base64.getDecoder().decode(said.group("salt")), Integer.parseInt(said.group("count")));
            var withoutProof = "c=" + base64(NO_BINDING.getBytes(StandardCharsets.US_ASCII)) + ",r="
                + said.group("nonce");
            var message = (bare() + "," + serverFirst + "," + withoutProof).getBytes(StandardCharsets.UTF_8);
            var clientKey = hmac(salted, "Client Key".getBytes(StandardCharsets.US_ASCII));
            var proof = hmac(MessageDigest.getInstance("SHA-256").digest(clientKey), message);
            for (var i = 0; i < proof.length; i++) {
                proof[i] ^= clientKey[i];
            }
            var serverKey = hmac(salted, "Server Key".getBytes(StandardCharsets.US_ASCII));
            return Optional.of(new Exchange(withoutProof + ",p=" + base64(proof),
                "v=" + base64(hmac(serverKey, message))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();    // a salt that is no base64
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no SHA-256", e);
        }
    }

    private byte[] salted(byte[] salt, int count) throws GeneralSecurityException {
        var key = new PBEKeySpec(Normalizer.normalize(credentials.password(), Normalizer.Form.NFC).toCharArray(), salt,
            count, BITS);
        return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(key).getEncoded();
    }

    private static byte[] hmac(byte[] key, byte[] message) throws GeneralSecurityException {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(message);
    }

    private static String base64(byte[] octets) {
        return Base64.getEncoder().encodeToString(octets);
    }

    /** The nonce is not for logs either. */
    @Override public String toString() {
        return credentials.toString();
    }
}
