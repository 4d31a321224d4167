package org.posthorn.server.intake;

import jakarta.inject.Inject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.Incoming;
import org.posthorn.protocols.smtp.Peer;
import org.posthorn.protocols.smtp.Sink;
import org.posthorn.protocols.smtp.SinkException;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.policy.HeapRoom;
import org.posthorn.server.policy.SessionPolicy;
import org.posthorn.server.spool.Spool;
import org.posthorn.server.spool.SpoolException;

/** Makes the sink of each session: what comes through it is in the spool before the client hears 250. Thread-safe. */
public final class Intake {

    static final Reply NO_ROOM = Reply.of(452, "4.3.1", "Insufficient system storage, try again later");
    static final Reply BROKEN = Reply.of(451, "4.3.0", "Local error in processing, try again later");

    private final IntakeConfig config;
    private final Spool spool;
    private final Awaited awaited;
    private final HeapRoom heap;
    private final Pause pause;
    private final InstantSource clock;

    /** An intake into that spool. */
    @Inject public Intake(IntakeConfig config, Spool spool, Awaited awaited, HeapRoom heap, InstantSource clock) {
        this(config, spool, awaited, heap, Thread::sleep, clock);
    }

    Intake(IntakeConfig config, Spool spool, Awaited awaited, HeapRoom heap, Pause pause, InstantSource clock) {
        this.config = config;
        this.spool = spool;
        this.awaited = awaited;
        this.heap = heap;
        this.pause = pause;
        this.clock = clock;
    }

    /** Lets a session wait. */
    @FunctionalInterface
    interface Pause {
        void sleep(Duration time) throws InterruptedException;
    }

    /** The sink of one session, whose policy is asked about each message. */
    public Sink open(SessionPolicy policy) {
        return open(policy, Replies.DELIVERED);
    }

    /** The sink of one session that, over LMTP, replies so. */
    public Sink open(SessionPolicy policy, Replies replies) {
        return new SessionSink(policy, replies);
    }

    private final class SessionSink implements Sink {
        private final SessionPolicy policy;
        private final Replies replies;

        SessionSink(SessionPolicy policy, Replies replies) {
            this.policy = policy;
            this.replies = replies;
        }

        @Override public Optional<Reply> mail(Peer peer, Envelope envelope) {
            var octets = Math.max(config.largestMessage(), envelope.parameters().size());
            if (!spool.hasRoom(octets) || !peer.isAuthenticated() && heap.isShort()) {
                return Optional.of(NO_ROOM);
            }
            if (!peer.isAuthenticated() && spool.lags()) {
                waitForDelivery();
            }
            return Optional.empty();
        }

        /** Mail that comes faster than it leaves comes a little slower: each session is held up at each message. */
        private void waitForDelivery() {
            try {
                pause.sleep(config.lagPause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override public Incoming open(Peer peer, Envelope envelope) throws SinkException {
            try {
                var room = new Arrival.Room(config, replies, spool, awaited, clock);
                return new Arrival(room, policy, peer, envelope, spool.nextId());
            } catch (SpoolException e) {
                throw failed(e);
            }
        }
    }

    /** Our own fault, as the client hears it: this is the one place where it is decided. */
    static SinkException failed(SpoolException e) {
        return new SinkException(e.isFull() ? NO_ROOM : BROKEN, e.getMessage(), e);
    }
}
