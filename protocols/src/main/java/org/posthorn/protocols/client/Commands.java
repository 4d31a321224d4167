package org.posthorn.protocols.client;

import java.io.IOException;
import java.util.Optional;
import java.util.stream.Collectors;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.client.Trouble.Stage;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.MailParameters.Body;
import org.posthorn.protocols.smtp.MailParameters.Ret;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.wire.Content;
import org.posthorn.protocols.wire.Reply;

/**
 * One message in the words of one server: MAIL and RCPT with the parameters that it offered and no others, or why it
 * cannot be said to this server at all.
 *
 * @param mail the MAIL command
 * @param chunked whether the octets must go by BDAT (RFC 3030)
 * @param dsn whether RCPT carries NOTIFY and ORCPT (RFC 3461)
 * @param utf8 whether addresses may hold UTF-8
 */
record Commands(String mail, boolean chunked, boolean dsn, boolean utf8) {

    /** Either the commands, or the trouble that all recipients have. */
    sealed interface Plan {

        record Send(Commands commands) implements Plan {
        }

        record Refuse(Trouble trouble) implements Plan {
        }
    }

    static Plan plan(Envelope envelope, Content content, Offers offers) throws IOException {
        var octets = content.octets();
        var largest = offers.largest();
        if (largest.isPresent() && octets > largest.getAsLong()) {
            return refuse("552 5.3.4 The message of " + octets + " octets is larger than the " + largest.getAsLong()
                + " that the server takes");
        }
        var parameters = envelope.parameters();
        var scan = needsScan(envelope, offers) ? ContentScan.of(content) : ContentScan.PLAIN;
        var senderIsAscii = switch (envelope.sender()) {
            case ReversePath.Null _ -> true;
            case ReversePath.Sender(var mailbox) -> mailbox.isAscii();
        };
        var utf8 = offers.has("SMTPUTF8");
        if (!utf8 && (!senderIsAscii || parameters.smtpUtf8() && scan.headerIsEightBit())) {
            return refuse("550 5.6.7 The message has an internationalized header or sender, and the server does not"
                + " offer SMTPUTF8");
        }
        var binary = parameters.body() == Body.BINARY_MIME;
        if (binary && !(offers.has("BINARYMIME") && offers.has("CHUNKING"))) {
            return refuse("554 5.6.3 The message is BINARYMIME, and the server does not offer that");
        }
        var eight = offers.has("8BITMIME");
        if (!eight && parameters.body() == Body.EIGHT_BIT_MIME && scan.isEightBit()) {
            // RFC 6152 section 3: never send it as it is. TODO(RFC 6152 3): encode it instead of giving it back.
            return refuse("554 5.6.3 The message has 8-bit text, and the server does not offer 8BITMIME");
        }
        var mail = new StringBuilder("MAIL FROM:<").append(envelope.sender()).append('>');
        if (offers.has("SIZE")) {
            mail.append(" SIZE=").append(octets);
        }
        if (binary || eight && parameters.body() == Body.EIGHT_BIT_MIME) {
            mail.append(" BODY=").append(parameters.body().keyword());
        }
        if (utf8 && (parameters.smtpUtf8() || !senderIsAscii)) {
            mail.append(" SMTPUTF8");
        }
        var dsn = offers.has("DSN");
        if (dsn && parameters.ret() != Ret.UNSPECIFIED) {
            mail.append(" RET=").append(parameters.ret());
        }
        if (dsn && !parameters.envelopeId().isEmpty()) {
            mail.append(" ENVID=").append(parameters.envelopeId());
        }
        return new Plan.Send(new Commands(mail.toString(), binary, dsn, utf8));
    }

    private static boolean needsScan(Envelope envelope, Offers offers) {
        var parameters = envelope.parameters();
        return !offers.has("SMTPUTF8") && parameters.smtpUtf8()
            || !offers.has("8BITMIME") && parameters.body() == Body.EIGHT_BIT_MIME;
    }

    private static Plan refuse(String reply) {
        return new Plan.Refuse(ours(Stage.MAIL, reply));
    }

    private static Trouble ours(Stage stage, String reply) {
        return new Trouble(stage, Optional.of(Reply.parse(reply)), reply);
    }

    /** The same with more words of MAIL. */
    Commands and(String words) {
        return words.isEmpty() ? this : new Commands(mail + words, chunked, dsn, utf8);
    }

    /** Why this recipient cannot be named to this server; empty when it can. */
    Optional<Trouble> refuses(Recipient recipient) {
        return utf8 || recipient.mailbox().isAscii() ? Optional.empty()
            : Optional.of(ours(Stage.RCPT, "553 5.6.7 The address is internationalized, and the server does not offer"
                + " SMTPUTF8"));
    }

    String rcpt(Recipient recipient) {
        var rcpt = new StringBuilder("RCPT TO:<").append(recipient.mailbox()).append('>');
        if (dsn && !recipient.notifyOn().isEmpty()) {
            rcpt.append(" NOTIFY=").append(recipient.notifyOn().stream().sorted().map(Enum::name)
                .collect(Collectors.joining(",")));
        }
        if (dsn && !recipient.originalRecipient().isEmpty()) {
            rcpt.append(" ORCPT=").append(recipient.originalRecipient());
        }
        return rcpt.toString();
    }
}
