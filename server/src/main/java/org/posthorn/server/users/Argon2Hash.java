package org.posthorn.server.users;

import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.bouncycastle.util.Arrays;

/**
 * A password's Argon2id hash (RFC 9106), version 0x13. Its text is the PHC string
 * {@code $argon2id$v=19$m=19456,t=2,p=1$salt$hash}, salt and hash in base64 without padding.
 *
 * @param salt in base64 without padding
 * @param hash in base64 without padding
 */
record Argon2Hash(Argon2Cost cost, String salt, String hash) {

    static final int SALT_OCTETS = 16;

    private static final int HASH_OCTETS = 32;
    private static final Pattern FORM = Pattern.compile("\\$argon2id\\$v=19\\$m=([0-9]{1,8}),t=([0-9]{1,5}),"
        + "p=([0-9]{1,3})\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{22,86})");

    static Argon2Hash of(byte[] password, byte[] salt, Argon2Cost cost) {
        return new Argon2Hash(cost, text(salt), text(derived(password, salt, cost, HASH_OCTETS)));
    }

    /** Reads a PHC string; empty when it is none of ours. */
    static Optional<Argon2Hash> parse(String text) {
        var form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        try {
            var cost = new Argon2Cost(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)),
                Integer.parseInt(form.group(3)));
            return Optional.of(new Argon2Hash(cost, form.group(4), form.group(5)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether the password is the one that was hashed. Takes the same time either way. */
    boolean fits(byte[] password) {
        var expected = Base64.getDecoder().decode(hash);
        var found = derived(password, Base64.getDecoder().decode(salt), cost, expected.length);
        return Arrays.constantTimeAreEqual(expected, found);
    }

    private static byte[] derived(byte[] password, byte[] salt, Argon2Cost cost, int octets) {
        var generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13).withSalt(salt).withMemoryAsKB(cost.memoryKib())
            .withIterations(cost.passes()).withParallelism(cost.lanes()).build());
        var out = new byte[octets];
        generator.generateBytes(password, out);
        return out;
    }

    private static String text(byte[] octets) {
        return Base64.getEncoder().withoutPadding().encodeToString(octets);
    }

    @Override public String toString() {
        return "$argon2id$v=19$m=" + cost.memoryKib() + ",t=" + cost.passes() + ",p=" + cost.lanes() + "$" + salt + "$"
            + hash;
    }
}
