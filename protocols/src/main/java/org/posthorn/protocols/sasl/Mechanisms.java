package org.posthorn.protocols.sasl;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The mechanisms a server offers, strongest first. Thread-safe; each exchange gets a mechanism of its own. */
public final class Mechanisms {

    /** Octets of our half of a nonce: 18 make 24 characters. */
    private static final int NONCE = 18;

    private final Map<String, Supplier<Mechanism>> byName;

    private Mechanisms(Map<String, Supplier<Mechanism>> byName) {
        this.byName = byName;
    }

    /** No authentication. */
    public static Mechanisms none() {
        return new Mechanisms(Map.of());
    }

    /**
     * SCRAM-SHA-256, PLAIN and LOGIN.
     *
     * @param random for nonces: a {@link java.security.SecureRandom}, except in tests
     */
    public static Mechanisms of(Authenticator authenticator, RandomGenerator random) {
        var byName = new LinkedHashMap<String, Supplier<Mechanism>>();
        byName.put("SCRAM-SHA-256", () -> new ScramMechanism(authenticator, () -> nonce(random)));
        byName.put("PLAIN", () -> new PlainMechanism(authenticator));
        byName.put("LOGIN", () -> new LoginMechanism(authenticator));
        return new Mechanisms(byName);
    }

    /**
     * These, and CRAM-MD5 where somebody shares a secret.
     *
     * @param hostname ours, for the challenge
     */
    public Mechanisms andCramMd5(Secrets secrets, String hostname, RandomGenerator random) {
        if (!secrets.areThere()) {
            return this;
        }
        var more = new LinkedHashMap<>(byName);
        more.put("CRAM-MD5", () -> new CramMd5Mechanism(secrets, "<" + nonce(random).replaceAll("[^A-Za-z0-9]", "-")
            + "@" + hostname + ">"));
        return new Mechanisms(more);
    }

    private static String nonce(RandomGenerator random) {
        var octets = new byte[NONCE];
        random.nextBytes(octets);
        return Base64.getEncoder().encodeToString(octets);
    }

    /** The names for EHLO. */
    public List<String> names() {
        return List.copyOf(byName.keySet());
    }

    /** Begins an exchange; empty for a name that is not offered. Case does not matter. */
    public Optional<Mechanism> begin(String name) {
        return Optional.ofNullable(byName.get(name.toUpperCase(Locale.ROOT))).map(Supplier::get);
    }
}
