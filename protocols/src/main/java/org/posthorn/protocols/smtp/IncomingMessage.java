package org.posthorn.protocols.smtp;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.posthorn.protocols.wire.Limits;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.protocols.wire.Stray;
import org.posthorn.protocols.wire.TextCheck;

/**
 * One message on its way to the sink: counted, looked over, and refused as a whole once something is wrong. From then
 * on its octets are taken and thrown away, for the client is heard only after the end.
 */
final class IncomingMessage {

    private final Incoming incoming;
    private final long maxOctets;
    private final boolean binary;
    private final TextCheck check;
    private final BiConsumer<String, Throwable> faults;
    private long octets;
    private Optional<Reply> refusal = Optional.empty();
    private boolean ambiguous;
    private boolean over;

    /**
     * Begins.
     *
     * @param binary whether any octet may stand anywhere (RFC 3030 section 3)
     * @param faults told which port broke, and how
     */
    IncomingMessage(Incoming incoming, Limits limits, boolean binary, BiConsumer<String, Throwable> faults) {
        this.incoming = incoming;
        this.maxOctets = limits.messageSize();
        this.binary = binary;
        this.check = new TextCheck(limits.textLine());
        this.faults = faults;
    }

    /** Takes the next octets. */
    void take(byte[] piece, int offset, int length) {
        octets += length;
        if (refusal.isPresent()) {
            return;
        }
        if (octets > maxOctets) {
            refuse(Replies.TOO_BIG);
            return;
        }
        if (!binary) {
            check.look(piece, offset, length);
            if (check.flaw().isPresent()) {
                refuseFlaw(check.flaw().get());
            }
        }
        if (refusal.isEmpty()) {
            write(piece, offset, length);
        }
    }

    /** What it was refused with so far. */
    Optional<Reply> refusal() {
        return refusal;
    }

    /** Octets that were taken. */
    long octets() {
        return octets;
    }

    /**
     * Whether it held what other servers may read as an end: then nothing that follows can be trusted to be commands.
     */
    boolean isAmbiguous() {
        return ambiguous;
    }

    /** All octets are in: the sink's answer, or the refusal. */
    List<Reply> finish() {
        if (!binary && refusal.isEmpty()) {
            check.end();
            check.flaw().ifPresent(this::refuseFlaw);
        }
        if (refusal.isPresent()) {
            abandon();
            return List.of(refusal.get());
        }
        try {
            return incoming.finish();
        } catch (SinkException e) {
            faults.accept("incoming.finish", e);
            return List.of(e.reply());
        } catch (RuntimeException e) {
            faults.accept("incoming.finish", e);
            return List.of(Replies.INTERNAL);
        } finally {
            abandon();
        }
    }

    /** Forgets it, unless it was finished. */
    void abandon() {
        if (over) {
            return;
        }
        over = true;
        try {
            incoming.close();
        } catch (RuntimeException e) {
            faults.accept("incoming.close", e);
        }
    }

    private void write(byte[] piece, int offset, int length) {
        try {
            incoming.body().write(piece, offset, length);
        } catch (SinkException e) {
            faults.accept("incoming.body", e);
            refuse(e.reply());
        } catch (IOException | RuntimeException e) {
            faults.accept("incoming.body", e);
            refuse(Replies.INTERNAL);
        }
    }

    private void refuseFlaw(TextCheck.Flaw flaw) {
        refuse(switch (flaw) {
            case TextCheck.Flaw.StrayOctet(var stray) -> {
                ambiguous = stray != Stray.NUL;
                yield Reply.of(554, "5.6.0", "The message holds a " + stray
                    + " (RFC 5321 section 2.3.8): lines end with CR LF, and NUL is no text");
            }
            case TextCheck.Flaw.LongLine(var max) -> Reply.of(554, "5.6.0",
                "The message holds a line of more than " + max + " octets");
        });
    }

    private void refuse(Reply reply) {
        refusal = Optional.of(reply);
        abandon();
    }
}
