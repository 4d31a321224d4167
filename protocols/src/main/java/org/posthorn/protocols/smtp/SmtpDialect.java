package org.posthorn.protocols.smtp;

import java.util.List;
import org.posthorn.protocols.wire.Reply;

/** SMTP: EHLO or HELO, one reply to a message (RFC 5321). */
public enum SmtpDialect implements Dialect {
    /** The only one. */
    SMTP;

    @Override public String banner() {
        return "ESMTP";
    }

    @Override public boolean greetsWith(Peer.Greeting greeting) {
        return greeting == Peer.Greeting.EHLO || greeting == Peer.Greeting.HELO;
    }

    /** Extensions are known only after the answer to EHLO, and PIPELINING is one (RFC 2920 section 3.1). */
    @Override public boolean pipelinesGreeting() {
        return false;
    }

    /**
     * A sink that has an answer for each recipient cannot say them all: the first that is no success keeps the mail.
     */
    @Override public List<Reply> finalReplies(List<Reply> given, int recipients) {
        return List.of(given.stream().filter(reply -> !reply.isPositive()).findFirst().orElse(given.getFirst()));
    }
}
