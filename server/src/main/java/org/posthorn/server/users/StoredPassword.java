package org.posthorn.server.users;

/**
 * What is kept of a password.
 *
 * @param argon2 a PHC string, for mechanisms that send the password
 * @param scram for SCRAM-SHA-256, as RFC 5803 writes it
 */
public record StoredPassword(String argon2, String scram) {

    /** Not for logs. */
    @Override public String toString() {
        return "StoredPassword";
    }
}
