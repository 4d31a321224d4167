package org.posthorn.protocols.smtp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.address.ReversePath;

/** One mail transaction, from MAIL to the end of its message (RFC 5321 section 3.3). */
final class Transaction {

    private final ReversePath sender;
    private final MailParameters parameters;
    private final List<Recipient> recipients = new ArrayList<>();
    private Optional<IncomingMessage> chunks = Optional.empty();
    private long began;
    private boolean chunksRefused;

    Transaction(ReversePath sender, MailParameters parameters) {
        this.sender = sender;
        this.parameters = parameters;
    }

    MailParameters parameters() {
        return parameters;
    }

    int recipients() {
        return recipients.size();
    }

    void add(Recipient recipient) {
        recipients.add(recipient);
    }

    Envelope envelope() {
        return new Envelope(sender, parameters, recipients);
    }

    /** Whether BDAT has begun. From then on only BDAT may follow, or RSET. */
    boolean isChunked() {
        return chunks.isPresent() || chunksRefused;
    }

    /** The message that comes in by BDAT; empty before the first chunk. */
    Optional<IncomingMessage> chunks() {
        return chunks;
    }

    /** The first chunk comes; {@code at} is when, as {@link BodyReceiver#begin} says it. */
    void begin(IncomingMessage message, long at) {
        chunks = Optional.of(message);
        began = at;
    }

    /** When the first chunk came. */
    long began() {
        return began;
    }

    /** A chunk was refused: those that follow it can make no whole message. */
    void refuseChunks() {
        chunksRefused = true;
        abandon();
    }

    boolean areChunksRefused() {
        return chunksRefused;
    }

    /** Forgets what came in by BDAT and was not finished. */
    void abandon() {
        chunks.ifPresent(IncomingMessage::abandon);
    }
}
