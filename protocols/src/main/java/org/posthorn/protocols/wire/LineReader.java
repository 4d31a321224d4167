package org.posthorn.protocols.wire;

import java.io.Flushable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads lines that end with CRLF, and with nothing else (RFC 5321 section 2.3.8).
 *
 * <p>It takes from the stream exactly the octets of the lines it returns, so that text, chunks or a TLS handshake can
 * follow. The stream should be buffered, and best has {@link LineRuns}: without, it is read octet by octet.
 */
public final class LineReader {

    private static final byte[] NOTHING = {};
    private static final int SMALLEST = 128;

    private final InputStream in;
    private final LineRuns runs;
    private final Flushable beforeBlocking;
    private byte[] buffer = NOTHING;
    private int length;
    /** The line was reported before its CRLF came: skip to there first. */
    private boolean outOfStep;

    /** Reads from a stream and flushes nothing. */
    public LineReader(InputStream in) {
        this(in, () -> { });
    }

    /**
     * Reads from a stream.
     *
     * @param beforeBlocking flushed whenever nothing is {@link InputStream#available}, for the peer may be waiting for
     *     what we wrote (RFC 2920 section 3.2)
     */
    public LineReader(InputStream in, Flushable beforeBlocking) {
        this.in = in;
        this.runs = LineRuns.of(in);
        this.beforeBlocking = beforeBlocking;
    }

    /**
     * Reads up to the next CRLF.
     *
     * <p>A bare LF with nothing behind it yet is reported at once, so that a client that ends its lines wrongly learns
     * why; what then comes up to the next CRLF still belongs to that line and is skipped.
     *
     * @param max longest line accepted, in octets, CRLF included
     */
    public Line read(int max) throws IOException {
        if (outOfStep && !skipToCrlf()) {
            return new Line.End();
        }
        outOfStep = false;
        length = 0;
        // Who waits for a line does so here: the fewer locals, the less memory for an idle session's stack.
        return line(next(), max);
    }

    private Line line(int first, int max) throws IOException {
        var stray = Optional.<Stray>empty();
        var afterCr = false;
        var octet = first;
        for (long count = 1; octet >= 0; count++) {
            if (octet == '\n' && afterCr) {
                return finished(count > max, stray);
            }
            if (stray.isEmpty()) {
                stray = strayAt(octet, afterCr);
            }
            afterCr = octet == '\r';
            if (octet == '\n' && in.available() == 0) {
                outOfStep = true;
                return new Line.Malformed(stray.orElse(Stray.BARE_LF));
            }
            if (count < max && stray.isEmpty() && !afterCr) {
                keep((byte) octet);
                count += keepRun(max - 1 - count);
            }
            octet = next();
        }
        return new Line.End();
    }

    private Line finished(boolean tooLong, Optional<Stray> stray) {
        if (tooLong) {
            return new Line.TooLong();
        }
        if (stray.isPresent()) {
            return new Line.Malformed(stray.get());
        }
        return new Line.Text(Arrays.copyOf(buffer, length));
    }

    private static Optional<Stray> strayAt(int octet, boolean afterCr) {
        if (afterCr) {
            return Optional.of(Stray.BARE_CR);
        }
        return switch (octet) {
            case '\n' -> Optional.of(Stray.BARE_LF);
            case 0 -> Optional.of(Stray.NUL);
            default -> Optional.empty();
        };
    }

    private boolean skipToCrlf() throws IOException {
        var afterCr = false;
        for (var octet = next(); octet >= 0; octet = next()) {
            if (octet == '\n' && afterCr) {
                return true;
            }
            afterCr = octet == '\r';
        }
        return false;
    }

    private int next() throws IOException {
        if (runs.mayWait()) {
            if (length == 0) {
                buffer = NOTHING;   // who waits for a line to begin may wait long
            }
            beforeBlocking.flush();
        }
        return in.read();
    }

    private void keep(byte octet) {
        if (length == buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(SMALLEST, length * 2));
        }
        buffer[length++] = octet;
    }

    /** What is there of the line already, at once: nearly all of it, as a rule. */
    private int keepRun(long most) {
        var count = runs.readRun(buffer, length, (int) Math.min(most, buffer.length - length));
        length += count;
        return count;
    }
}
