package org.posthorn.protocols.sasl;

/** Checks who a client says it is. Thread-safe. */
public interface Authenticator {

    /**
     * Checks a password. Takes about as long for an unknown user as for a known one.
     *
     * @param user the authentication identity as sent
     */
    Result password(String user, String password);

    /**
     * The SCRAM-SHA-256 verifier of a user. For an unknown user it is a decoy that no password fits, the same
     * one each time (RFC 5802 section 9), so that names cannot be probed.
     */
    Lookup scram(String user);

    /** The outcome of a password check. */
    sealed interface Result {

        /**
         * The password fits.
         *
         * @param user the user's address in canonical form
         */
        record Granted(String user) implements Result {
        }

        /** It does not, or there is no such user: 535 5.7.8. */
        record Denied() implements Result {
        }

        /**
         * It could not be checked: 454 4.7.0.
         *
         * @param why for the log
         */
        record Unavailable(String why) implements Result {
        }
    }

    /** The outcome of a verifier lookup. */
    sealed interface Lookup {

        /**
         * A verifier (RFC 5802 section 3).
         *
         * @param user the user's address in canonical form, to be believed once the proof fits
         * @param salt in base64, as are the keys
         * @param iterations of PBKDF2 with HMAC-SHA-256
         * @param storedKey of 32 octets
         * @param serverKey of 32 octets
         */
        record Verifier(String user, String salt, int iterations, String storedKey, String serverKey)
            implements Lookup {
        }

        /**
         * It could not be looked up: 454 4.7.0.
         *
         * @param why for the log
         */
        record Unavailable(String why) implements Lookup {
        }
    }
}
