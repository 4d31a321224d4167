package org.posthorn.protocols.sasl;

import org.posthorn.protocols.wire.Reply;

/** The server's side of one SASL exchange. Used once, by one thread. */
public interface Mechanism {

    /** Whether the client speaks first, so that an initial response makes sense (RFC 4422 section 3). */
    boolean clientFirst();

    /**
     * Takes what the client said and says what comes next. A mechanism whose server speaks first is begun with an empty
     * response.
     *
     * @param response decoded from base64
     */
    Step step(byte[] response);

    /** What comes next in an exchange. */
    sealed interface Step {

        /**
         * Ask the client.
         *
         * @param challenge not yet in base64
         */
        @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
        record Challenge(byte[] challenge) implements Step {
        }

        /**
         * The client is who it says.
         *
         * @param user the user's address in canonical form
         */
        record Success(String user) implements Step {
        }

        /**
         * It is not, or we cannot tell.
         *
         * @param reply 5yz or 4yz
         * @param detail for the log: what the client is not told
         */
        record Failure(Reply reply, String detail) implements Step {
        }
    }
}
