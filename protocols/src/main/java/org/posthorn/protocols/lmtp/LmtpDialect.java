package org.posthorn.protocols.lmtp;

import java.util.Collections;
import java.util.List;
import org.posthorn.protocols.smtp.Dialect;
import org.posthorn.protocols.smtp.Peer;
import org.posthorn.protocols.wire.Reply;

/** LMTP: LHLO and nothing else, one reply to a message for each recipient (RFC 2033). */
public enum LmtpDialect implements Dialect {
    /** The only one. */
    LMTP;

    @Override public String banner() {
        return "LMTP";
    }

    /** HELO and EHLO must not be taken (RFC 2033 section 4.1). */
    @Override public boolean greetsWith(Peer.Greeting greeting) {
        return greeting == Peer.Greeting.LHLO;
    }

    /** A server must offer PIPELINING (RFC 2033 section 5), so a client knows it before it asks. */
    @Override public boolean pipelinesGreeting() {
        return true;
    }

    /**
     * In the order of the RCPT commands (RFC 2033 section 4.2).
     *
     * @throws IllegalArgumentException when the number of replies is neither one nor that of the recipients
     */
    @Override public List<Reply> finalReplies(List<Reply> given, int recipients) {
        if (given.size() == recipients) {
            return given;
        }
        if (given.size() != 1) {
            throw new IllegalArgumentException(given.size() + " replies for " + recipients + " recipients");
        }
        return Collections.nCopies(recipients, given.getFirst());
    }
}
