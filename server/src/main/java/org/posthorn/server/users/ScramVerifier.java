package org.posthorn.server.users;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a server keeps for SCRAM-SHA-256 (RFC 5802 section 3, RFC 7677). All but the iterations is base64.
 *
 * <p>Its text is that of RFC 5803: {@code SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey}.
 */
record ScramVerifier(int iterations, String salt, String storedKey, String serverKey) {

    static final int SALT_OCTETS = 16;

    private static final int KEY_BITS = 256;
    private static final Pattern FORM = Pattern.compile(
        "SCRAM-SHA-256\\$([0-9]{1,9}):([A-Za-z0-9+/=]+)\\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)");

    /** The verifier of a prepared password. */
    static ScramVerifier of(String password, byte[] salt, int iterations) {
        try {
            var key = new PBEKeySpec(password.toCharArray(), salt, iterations, KEY_BITS);
            var salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(key).getEncoded();
            var clientKey = hmac(salted, "Client Key");
            var storedKey = MessageDigest.getInstance("SHA-256").digest(clientKey);
            return of(iterations, salt, storedKey, hmac(salted, "Server Key"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no PBKDF2 with HMAC-SHA-256", e);
        }
    }

    static ScramVerifier of(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
        var base64 = Base64.getEncoder();
        return new ScramVerifier(iterations, base64.encodeToString(salt), base64.encodeToString(storedKey),
            base64.encodeToString(serverKey));
    }

    /** Reads the text of one; empty when it is none. */
    static Optional<ScramVerifier> parse(String text) {
        var form = FORM.matcher(text);
        return form.matches() ? Optional.of(new ScramVerifier(Integer.parseInt(form.group(1)), form.group(2),
            form.group(3), form.group(4))) : Optional.empty();
    }

    static byte[] hmac(byte[] key, String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no HMAC-SHA-256", e);
        }
    }

    @Override public String toString() {
        return "SCRAM-SHA-256$" + iterations + ":" + salt + "$" + storedKey + ":" + serverKey;
    }
}
