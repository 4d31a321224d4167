package org.posthorn.server.users;

/**
 * What one Argon2id computation takes (RFC 9106 section 3.1).
 *
 * @param memoryKib from {@code 8 * lanes} to 1048576
 * @param passes over the memory, 1 to 1000
 * @param lanes 1 to 64
 */
public record Argon2Cost(int memoryKib, int passes, int lanes) {

    /** 19 MiB, 2 passes, 1 lane: what OWASP recommends. */
    public static final Argon2Cost DEFAULT = new Argon2Cost(19_456, 2, 1);

    /** Checks the ranges. */
    public Argon2Cost {
        if (lanes < 1 || lanes > 64 || passes < 1 || passes > 1000 || memoryKib < 8 * lanes || memoryKib > 1 << 20) {
            throw new IllegalArgumentException("expected 1 to 64 lanes, 1 to 1000 passes and 8 KiB a lane to 1 GiB");
        }
    }
}
