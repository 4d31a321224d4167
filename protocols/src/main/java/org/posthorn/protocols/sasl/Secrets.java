package org.posthorn.protocols.sasl;

/** Secrets that are shared with single programs, for mechanisms that cannot do with a verifier. Thread-safe. */
public interface Secrets {

    /** Whether there may be any: without, no such mechanism is offered. */
    boolean areThere();

    /** The secret of a user as the client named it. */
    Lookup of(String user);

    /** What is known. */
    sealed interface Lookup {

        /**
         * It is there.
         *
         * @param user in canonical form
         */
        record Known(String user, String secret) implements Lookup {
            /** The secret is not for logs. */
            @Override public String toString() {
                return user;
            }
        }

        /** There is no such user. */
        record Unknown() implements Lookup {
        }

        /**
         * It cannot be read.
         *
         * @param why for the log
         */
        record Unavailable(String why) implements Lookup {
        }
    }

    /** Nobody shares one. */
    static Secrets none() {
        return new Secrets() {
            @Override public boolean areThere() {
                return false;
            }

            @Override public Lookup of(String user) {
                return new Lookup.Unknown();
            }
        };
    }
}
