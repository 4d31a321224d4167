package org.posthorn.protocols.sasl;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * CRAM-MD5 (RFC 2195): the client proves that it knows the secret, which the server must keep as it is. For programs of
 * on-demand mail relay that know nothing else, and with secrets of their own; never with users' passwords.
 */
final class CramMd5Mechanism implements Mechanism {

    private static final HexFormat HEX = HexFormat.of();

    private final Secrets secrets;
    private final String challenge;
    private boolean asked;

    /**
     * Begins an exchange.
     *
     * @param challenge a message id that was never used before (RFC 2195 section 2)
     */
    CramMd5Mechanism(Secrets secrets, String challenge) {
        this.secrets = secrets;
        this.challenge = challenge;
    }

    @Override public boolean clientFirst() {
        return false;
    }

    @Override public Step step(byte[] response) {
        if (!asked) {
            asked = true;
            return response.length > 0 ? Refusals.malformed("CRAM-MD5: the server speaks first")
                : new Step.Challenge(challenge.getBytes(StandardCharsets.US_ASCII));
        }
        var text = Utf8.decode(response).orElse("");
        var blank = text.lastIndexOf(' ');
        if (blank <= 0) {
            return Refusals.malformed("CRAM-MD5: expected a name, a blank and a digest");
        }
        var user = text.substring(0, blank);
        return switch (secrets.of(user)) {
            case Secrets.Lookup.Unavailable(var why) -> Refusals.unavailable(why);
            case Secrets.Lookup.Unknown() -> check(text.substring(blank + 1), user, Optional.empty());
            case Secrets.Lookup.Known(var name, var secret) ->
                check(text.substring(blank + 1), name, Optional.of(secret));
        };
    }

    /** For an unknown user too, so that both take as long. */
    private Step check(String digest, String user, Optional<String> secret) {
        var expected = hmac(secret.orElse("nobody knows this"), challenge);
        var fits = MessageDigest.isEqual(expected.getBytes(StandardCharsets.US_ASCII),
            digest.getBytes(StandardCharsets.UTF_8));
        return fits && secret.isPresent() ? new Step.Success(user)
            : Refusals.denied("CRAM-MD5: no such user or wrong secret: " + user);
    }

    private static String hmac(String secret, String challenge) {
        try {
            var mac = Mac.getInstance("HmacMD5");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacMD5"));
            return HEX.formatHex(mac.doFinal(challenge.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacMD5", e);
        }
    }
}
