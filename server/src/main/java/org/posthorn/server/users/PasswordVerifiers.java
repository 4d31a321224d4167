package org.posthorn.server.users;

import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.posthorn.server.users.DirectoryException.Kind;

/**
 * Makes and checks what is kept of passwords. As each Argon2id computation takes megabytes, only some run at once; the
 * others wait, for a bounded time. Thread-safe.
 *
 * <p>Passwords are prepared as RFC 8265 section 4.2 (OpaqueString) says: other spaces become U+0020, then NFC; control
 * characters are refused. The JDK has no SASLprep, so compatibility characters stay as they are.
 */
public final class PasswordVerifiers {

    private static final int LONGEST_PASSWORD = 1024;   // octets in UTF-8
    private static final Pattern OTHER_SPACES = Pattern.compile("\\p{Zs}");

    private final UsersConfig.Passwords config;
    private final SecureRandom random;
    private final Semaphore slots;

    /** Makes it; the randomness is for salts. */
    @Inject public PasswordVerifiers(UsersConfig config, SecureRandom random) {
        this.config = config.passwords();
        this.random = random;
        this.slots = new Semaphore(config.passwords().atOnce(), true);
    }

    /** How a check ended. */
    enum Check { FITS, DIFFERS, BUSY }

    /**
     * What is to be kept of a new password.
     *
     * @throws DirectoryException when it cannot be a password, or too many computations are waiting
     */
    StoredPassword store(String password) {
        var prepared = prepared(password);
        if (!acquired()) {
            throw new DirectoryException(Kind.BUSY, "too many passwords are being computed; try again in a moment");
        }
        try {
            var hash = Argon2Hash.of(octets(prepared), salt(Argon2Hash.SALT_OCTETS), config.argon2());
            var scram = ScramVerifier.of(prepared, salt(ScramVerifier.SALT_OCTETS), config.scramIterations());
            return new StoredPassword(hash.toString(), scram.toString());
        } finally {
            slots.release();
        }
    }

    /** Whether the password is the stored one. The time it takes does not depend on the answer. */
    Check check(String password, StoredPassword stored) {
        var hash = Argon2Hash.parse(stored.argon2());
        if (hash.isEmpty() || !acquired()) {
            return hash.isEmpty() ? Check.DIFFERS : Check.BUSY;
        }
        try {
            return hash.get().fits(octets(prepared(password))) ? Check.FITS : Check.DIFFERS;
        } catch (DirectoryException e) {
            return Check.DIFFERS;   // it could not have been stored
        } finally {
            slots.release();
        }
    }

    /** Whether the verifiers were made at another cost than new ones would be. */
    boolean isOutdated(StoredPassword stored) {
        return Argon2Hash.parse(stored.argon2()).map(hash -> !hash.cost().equals(config.argon2())).orElse(true)
            || ScramVerifier.parse(stored.scram()).map(v -> v.iterations() != config.scramIterations()).orElse(true);
    }

    /** Verifiers that no password fits. The salt depends on secret and name, so that a name gets the same each time. */
    StoredPassword decoy(byte[] secret, String name) {
        var salt = Arrays.copyOf(ScramVerifier.hmac(secret, "salt " + name), ScramVerifier.SALT_OCTETS);
        var key = ScramVerifier.hmac(secret, "key " + name);
        var scram = ScramVerifier.of(config.scramIterations(), salt, key, ScramVerifier.hmac(key, "server"));
        var base64 = Base64.getEncoder().withoutPadding();
        var hash = new Argon2Hash(config.argon2(), base64.encodeToString(salt), base64.encodeToString(key));
        return new StoredPassword(hash.toString(), scram.toString());
    }

    private static String prepared(String password) {
        var prepared = Normalizer.normalize(OTHER_SPACES.matcher(password).replaceAll(" "), Normalizer.Form.NFC);
        var length = octets(prepared).length;
        if (length < 1 || length > LONGEST_PASSWORD) {
            throw new DirectoryException(Kind.INVALID, "the password has " + length + " octets; expected 1 to "
                + LONGEST_PASSWORD);
        }
        if (prepared.chars().anyMatch(Character::isISOControl)) {
            throw new DirectoryException(Kind.INVALID, "the password has control characters; leave them out");
        }
        return prepared;
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private byte[] salt(int octets) {
        var salt = new byte[octets];
        random.nextBytes(salt);
        return salt;
    }

    private boolean acquired() {
        try {
            return slots.tryAcquire(config.patience().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
