package org.posthorn.protocols.client;

import java.io.IOException;
import java.util.Optional;
import java.util.stream.Collectors;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.client.Trouble.Stage;
import org.posthorn.protocols.mime.SevenBit;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.MailParameters.Body;
import org.posthorn.protocols.smtp.MailParameters.Ret;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.wire.Content;

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

        /** The message in the form that this server takes. */
        record Send(Commands commands, Content content) implements Plan {
        }

        /** Nothing is sent. */
        record Refuse(Trouble trouble) implements Plan {
        }
    }

    static Plan plan(Envelope envelope, Content content, Offers offers, EightBit eightBit) throws IOException {
        if (isTooLarge(content, offers)) {
            return tooLarge(content, offers);
        }
        var parameters = envelope.parameters();
        var scan = needsScan(envelope, offers) ? ContentScan.of(content) : ContentScan.PLAIN;
        if (!offers.has("SMTPUTF8")
                && (!isAscii(envelope) || parameters.smtpUtf8() && hasEightBitHeader(content, scan))) {
            return refuse("550 5.6.7 The message has an internationalized header or sender, and the server does not"
                + " offer SMTPUTF8");
        }
        var binary = parameters.body() == Body.BINARY_MIME;
        if (binary && !offersBinary(offers)) {
            return converted(envelope, content, offers, eightBit == EightBit.REFUSE ? eightBit : EightBit.CONVERT);
        }
        if (!binary && scan.isEightBit() && !offers.has("8BITMIME")) {
            return converted(envelope, content, offers, eightBit);
        }
        return new Plan.Send(commands(envelope, content, offers, parameters.body()), content);
    }

    /** Of its own, or of a part (RFC 6532 section 3). */
    private static boolean hasEightBitHeader(Content content, ContentScan scan) throws IOException {
        return scan.headerIsEightBit() || scan.isEightBit() && SevenBit.hasEightBitPartHeader(content);
    }

    private static boolean isTooLarge(Content content, Offers offers) {
        var largest = offers.largest();
        return largest.isPresent() && content.octets() > largest.getAsLong();
    }

    private static Plan tooLarge(Content content, Offers offers) {
        return refuse("552 5.3.4 The message of " + content.octets() + " octets is larger than the "
            + offers.largest().orElse(0) + " that the server takes");
    }

    private static boolean offersBinary(Offers offers) {
        return offers.has("BINARYMIME") && offers.has("CHUNKING");
    }

    private static boolean isAscii(Envelope envelope) {
        return switch (envelope.sender()) {
            case ReversePath.Null _ -> true;
            case ReversePath.Sender(var mailbox) -> mailbox.isAscii();
        };
    }

    private static boolean needsScan(Envelope envelope, Offers offers) {
        return !offers.has("8BITMIME") || !offers.has("SMTPUTF8") && envelope.parameters().smtpUtf8();
    }

    /** For a server that lacks what the message needs. */
    private static Plan converted(Envelope envelope, Content content, Offers offers, EightBit eightBit)
        throws IOException {
        var body = envelope.parameters().body();
        var binary = body == Body.BINARY_MIME;
        var found = eightBit == EightBit.AS_IS || eightBit == EightBit.REFUSE ? new SevenBit.Found.Stuck("")
            : SevenBit.of(content, binary);
        return switch (found) {
            case SevenBit.Found.Plain _ ->
                new Plan.Send(commands(envelope, content, offers, Body.SEVEN_BIT), content);
            case SevenBit.Found.Convertible(var form) -> isTooLarge(form, offers) ? tooLarge(form, offers)
                : new Plan.Send(commands(envelope, form, offers, Body.SEVEN_BIT), form);
            // What was never said to be 8-bit goes as it came.
            case SevenBit.Found.Stuck _ when !binary && (eightBit == EightBit.AS_IS
                || eightBit == EightBit.CONVERT_OR_SEND || body != Body.EIGHT_BIT_MIME) ->
                new Plan.Send(commands(envelope, content, offers, Body.SEVEN_BIT), content);
            case SevenBit.Found.Stuck(var why) -> refuse("554 5.6.3 The message "
                + (binary ? "is BINARYMIME" : "has 8-bit text") + ", and the server does not offer "
                + (binary ? "that" : "8BITMIME") + (why.isEmpty() ? "" : "; it cannot be converted: " + why));
        };
    }

    private static Commands commands(Envelope envelope, Content content, Offers offers, Body body) {
        var parameters = envelope.parameters();
        var utf8 = offers.has("SMTPUTF8");
        var binary = body == Body.BINARY_MIME;
        var mail = new StringBuilder("MAIL FROM:<").append(envelope.sender()).append('>');
        if (offers.has("SIZE")) {
            mail.append(" SIZE=").append(content.octets());
        }
        if (binary || offers.has("8BITMIME") && body == Body.EIGHT_BIT_MIME) {
            mail.append(" BODY=").append(body.keyword());
        }
        if (utf8 && (parameters.smtpUtf8() || !isAscii(envelope))) {
            mail.append(" SMTPUTF8");
        }
        var dsn = offers.has("DSN");
        if (dsn && parameters.ret() != Ret.UNSPECIFIED) {
            mail.append(" RET=").append(parameters.ret());
        }
        if (dsn && !parameters.envelopeId().isEmpty()) {
            mail.append(" ENVID=").append(parameters.envelopeId());
        }
        return new Commands(mail.toString(), binary, dsn, utf8);
    }

    private static Plan refuse(String reply) {
        return new Plan.Refuse(Trouble.found(Stage.MAIL, reply));
    }

    /** An address beyond ASCII cannot be named to a server without SMTPUTF8 (RFC 6531 section 3.2). */
    static Trouble needsUtf8() {
        return Trouble.found(Stage.RCPT, "553 5.6.7 The address is internationalized, and the server does not offer"
            + " SMTPUTF8");
    }

    /** The same with more words of MAIL. */
    Commands and(String words) {
        return words.isEmpty() ? this : new Commands(mail + words, chunked, dsn, utf8);
    }

    /** Why this recipient cannot be named to this server; empty when it can. */
    Optional<Trouble> refuses(Recipient recipient) {
        return utf8 || recipient.mailbox().isAscii() ? Optional.empty() : Optional.of(needsUtf8());
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
