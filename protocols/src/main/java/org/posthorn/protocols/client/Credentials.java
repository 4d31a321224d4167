package org.posthorn.protocols.client;

/**
 * As whom a client logs in (RFC 4954).
 *
 * @param user the name, as the server knows it
 * @param password in Unicode, not prepared
 * @param how by which mechanism
 * @param inClear whether that may be done without TLS
 */
public record Credentials(String user, String password, How how, boolean inClear) {

    /** By the best mechanism that the server offers, under TLS only. */
    public Credentials(String user, String password) {
        this(user, password, How.ANY, false);
    }

    /** By which mechanism. */
    public enum How {
        /** The first of the following that the server offers. */
        ANY(""),
        /** The password does not pass, and the server proves that it knows it (RFC 5802, RFC 7677). */
        SCRAM_SHA_256("SCRAM-SHA-256"),
        /** Name and password at once (RFC 4616). */
        PLAIN("PLAIN"),
        /** Name and password one after the other; no RFC has it, and some servers know nothing else. */
        LOGIN("LOGIN");

        private final String keyword;

        How(String keyword) {
            this.keyword = keyword;
        }

        /** As EHLO offers it; empty for {@link #ANY}. */
        String keyword() {
            return keyword;
        }
    }

    /** The password is not for logs. */
    @Override public String toString() {
        return user;
    }
}
