package org.posthorn.protocols.smtp;

import java.util.Optional;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.atrn.AtrnCommand;
import org.posthorn.protocols.etrn.EtrnCommand;
import org.posthorn.protocols.wire.Reply;

/** A command as the client sent it, its syntax checked (RFC 5321 section 4.1.1). */
public sealed interface Command {

    /** HELO, EHLO or LHLO. */
    record Hello(Peer.Greeting greeting, String name) implements Command {
    }

    /**
     * MAIL FROM.
     *
     * @param lowered whether a lower priority was granted than was asked for
     */
    record Mail(ReversePath sender, MailParameters parameters, boolean lowered) implements Command {
    }

    /** RCPT TO. */
    record Rcpt(Recipient recipient) implements Command {
    }

    /** DATA. */
    record Data() implements Command {
    }

    /**
     * BDAT (RFC 3030 section 2).
     *
     * @param octets that follow the line
     */
    record Bdat(long octets, boolean last) implements Command {
    }

    /** RSET. */
    record Rset() implements Command {
    }

    /** NOOP, with or without a text that nobody reads. */
    record Noop() implements Command {
    }

    /** VRFY. */
    record Vrfy(String text) implements Command {
    }

    /** EXPN. */
    record Expn(String text) implements Command {
    }

    /** HELP, with or without a topic. */
    record Help() implements Command {
    }

    /** QUIT. */
    record Quit() implements Command {
    }

    /** STARTTLS (RFC 3207). */
    record StartTls() implements Command {
    }

    /**
     * AUTH (RFC 4954 section 4).
     *
     * @param mechanism in upper case
     * @param initial the initial response as it stands in the line, {@code =} for an empty one
     */
    record Auth(String mechanism, Optional<String> initial) implements Command {
    }

    /** ETRN (RFC 1985 section 5.1). Its faults are told only to whom it is offered. */
    record Etrn(EtrnCommand asked) implements Command {
    }

    /** ATRN (RFC 2645 section 5.2.1). Its faults are told only to who has logged in. */
    record Atrn(AtrnCommand asked) implements Command {
    }

    /** XCLIENT: a listed peer says for whom it speaks. */
    record Xclient(GivenClient client) implements Command {
    }

    /** Something else, or one of these with a fault. */
    record Invalid(Reply reply) implements Command {
    }

    /**
     * A BDAT whose size cannot be read: nobody knows where the next command begins. Answered with this, then the
     * connection is closed.
     */
    record LostStep(Reply reply) implements Command {
    }
}
