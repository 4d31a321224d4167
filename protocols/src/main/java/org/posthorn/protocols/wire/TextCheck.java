package org.posthorn.protocols.wire;

import java.util.Optional;

/**
 * Looks over the octets of a message as they pass, in pieces of any size, for what text must not hold: a CR or LF that
 * stands alone, NUL (RFC 5321 section 2.3.8), or a line that is too long. The first thing found stays.
 */
public final class TextCheck {

    private final int maxLine;
    private boolean afterCr;
    private long line;
    private Optional<Flaw> flaw = Optional.empty();

    /**
     * Begins a message.
     *
     * @param maxLine longest line, in octets, CRLF included
     */
    public TextCheck(int maxLine) {
        this.maxLine = maxLine;
    }

    /** What was found. */
    public sealed interface Flaw {

        /** An octet that must not stand where it stood. */
        record StrayOctet(Stray stray) implements Flaw {
        }

        /**
         * A line that is too long.
         *
         * @param max octets that were allowed, CRLF included
         */
        record LongLine(int max) implements Flaw {
        }
    }

    /** Looks at the next octets. */
    public void look(byte[] octets, int offset, int length) {
        if (flaw.isPresent()) {
            return;
        }
        var end = offset + length;
        for (var i = offset; i < end; i++) {
            if (!afterCr) {
                var plain = OctetSearch.next(octets, i, end) - i;
                line += plain;
                i += plain;
                if (line > maxLine) {
                    found(new Flaw.LongLine(maxLine));
                    return;
                }
                if (i == end) {
                    return;
                }
            }
            var octet = octets[i];
            line++;
            if (afterCr && octet != '\n') {
                found(new Flaw.StrayOctet(Stray.BARE_CR));
                return;
            }
            if (octet == '\n' && !afterCr) {
                found(new Flaw.StrayOctet(Stray.BARE_LF));
                return;
            }
            if (octet == 0) {
                found(new Flaw.StrayOctet(Stray.NUL));
                return;
            }
            if (line > maxLine) {
                found(new Flaw.LongLine(maxLine));
                return;
            }
            if (octet == '\n') {
                line = 0;
            }
            afterCr = octet == '\r';
        }
    }

    /** The message is over: a CR at its very end stands alone. */
    public void end() {
        if (afterCr && flaw.isEmpty()) {
            found(new Flaw.StrayOctet(Stray.BARE_CR));
        }
    }

    /** What was found so far. */
    public Optional<Flaw> flaw() {
        return flaw;
    }

    private void found(Flaw what) {
        flaw = Optional.of(what);
    }
}
