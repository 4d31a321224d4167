package org.posthorn.protocols.atrn;

import java.util.List;
import org.posthorn.protocols.smtp.Command;
import org.posthorn.protocols.smtp.Dialect;
import org.posthorn.protocols.smtp.Peer;
import org.posthorn.protocols.smtp.SmtpDialect;
import org.posthorn.protocols.wire.Reply;

/** SMTP by which no mail comes in (RFC 2645 section 5.4): what belongs to a message is not implemented, 502. */
enum OdmrDialect implements Dialect {
    /** The only one. */
    ODMR;

    @Override public String banner() {
        return "ESMTP ODMR";
    }

    @Override public boolean greetsWith(Peer.Greeting greeting) {
        return SmtpDialect.SMTP.greetsWith(greeting);
    }

    @Override public boolean pipelinesGreeting() {
        return false;
    }

    @Override public boolean serves(Command command) {
        return switch (command) {
            case Command.Mail _, Command.Rcpt _, Command.Data _, Command.Bdat _, Command.Vrfy _, Command.Expn _,
                 Command.Etrn _ -> false;
            case Command.Hello _, Command.Rset _, Command.Noop _, Command.Help _, Command.Quit _, Command.StartTls _,
                 Command.Auth _, Command.Atrn _, Command.Xclient _, Command.Invalid _, Command.LostStep _ -> true;
        };
    }

    @Override public List<Reply> finalReplies(List<Reply> given, int recipients) {
        return SmtpDialect.SMTP.finalReplies(given, recipients);
    }
}
