package org.posthorn.protocols.smtp;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.posthorn.protocols.net.Wire;
import org.posthorn.protocols.wire.Limits;
import org.posthorn.protocols.wire.Line;
import org.posthorn.protocols.wire.LineReader;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.protocols.wire.ReplyWriter;

/**
 * The wire as a session sees it between messages: lines in, replies out.
 *
 * <p>Replies are kept together while more pipelined commands are there, and flushed before a read would wait (RFC 2920
 * section 3.2). While the session waits, {@link #endSoon} may say the last word from another thread; the lock guards
 * the output and {@code waiting}.
 */
final class CommandChannel {

    /** How long {@link #endSoon} waits for a session that is just about to wait. */
    private static final long PATIENCE_SECONDS = 1;

    private final Wire wire;
    private final Limits.Deadlines deadlines;
    private final boolean enhanced;
    private final ReentrantLock lock = new ReentrantLock();
    private LineReader lines;
    private ReplyWriter replies;
    private boolean waiting;
    private volatile boolean ending;
    private volatile boolean ended;

    CommandChannel(Wire wire, SessionSettings settings) {
        this.wire = wire;
        this.deadlines = settings.limits().deadlines();
        this.enhanced = settings.extensions().contains(Extension.ENHANCED_STATUS_CODES);
        renew();
    }

    /** The streams of the wire are new: it went to TLS. What was buffered of the old ones is not looked at. */
    void renew() {
        lines = new LineReader(wire.in(), this::aboutToWait);
        replies = new ReplyWriter(wire.out(), enhanced);
    }

    /**
     * Reads the next line.
     *
     * @param max octets, CRLF included
     */
    Line read(int max) throws IOException {
        wire.deadline(deadlines.command());
        try {
            return lines.read(max);
        } finally {
            waitedEnough();
        }
    }

    /** Says something, which leaves with the next flush. */
    void say(Reply reply) throws IOException {
        wire.deadline(deadlines.reply());
        replies.write(reply);
    }

    /** Lets what was said leave. */
    void flush() throws IOException {
        wire.deadline(deadlines.reply());
        wire.out().flush();
    }

    /** Says something before the end, if the peer is still there to hear it. */
    void lastWord(Reply reply) {
        try {
            say(reply);
            flush();
        } catch (IOException e) {
            // It is not. The session is over either way.
        }
    }

    /** Whether the peer sent something that was not read yet. */
    boolean hasInput() throws IOException {
        return wire.in().available() > 0;
    }

    /** Whether we were asked to end, and said so to the peer. */
    boolean isEnded() {
        return ended;
    }

    /** Ends a session that waits; one that is busy ends before it waits again. */
    void endSoon() {
        ending = true;
        var locked = false;
        try {
            locked = lock.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (locked && waiting) {
                sayGoodbye();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (locked) {
                lock.unlock();
            }
        }
    }

    private void aboutToWait() throws IOException {
        lock.lock();
        try {
            if (ending) {
                sayGoodbye();
            } else {
                wire.out().flush();
                wire.idle();
                waiting = true;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Only the session's own thread sets {@code waiting}, so that it may look at it without the lock. */
    private void waitedEnough() {
        if (waiting) {
            lock.lock();
            try {
                waiting = false;
            } finally {
                lock.unlock();
            }
        }
    }

    /** The session's read then ends with the wire. */
    private void sayGoodbye() {
        if (!ended) {
            ended = true;
            lastWord(Replies.STOPPING);
            wire.close();
        }
    }
}
