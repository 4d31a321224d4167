package org.posthorn.server.delivery.etrn;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.posthorn.protocols.atrn.QueueTurn;
import org.posthorn.protocols.client.ClientSettings;
import org.posthorn.protocols.client.SmtpClient;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.protocols.etrn.QueueFlush;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.protocols.net.Wire;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.delivery.Agent;
import org.posthorn.server.delivery.Job;
import org.posthorn.server.delivery.Outcome;
import org.posthorn.server.delivery.Transmission;
import org.posthorn.server.delivery.remote.RemoteConfig;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.spool.Route;

/**
 * An owner's connection, from its ATRN to our QUIT. The session's thread opens and ends the conversation; in between
 * workers of delivery send over it, one at a time. Mail that comes meanwhile goes along. Once it is over, what was not
 * sent is deferred, and the destination with it.
 *
 * <p>Thread-safe, by one lock, which nobody holds while octets move.
 */
final class Turn implements Agent, QueueTurn.Handover {

    private static final EventLog LOG = EventLog.of(Turn.class);
    private static final Duration LINGER = Duration.ofMillis(250);   // for mail that is only just coming in
    private static final Duration PATIENCE = Duration.ofSeconds(10); // for what was found and does not come: removed
    private static final Outcome GONE = new Outcome.Deferred(Reply.of(451, "4.4.2",
        "The connection by which its owner fetched it ended before its turn"), "", Outcome.Scope.DESTINATION);

    private final QueueFlush.Client owner;
    private final Rights.Fetch.Allowed whose;
    private final Turns turns;
    private final RemoteConfig config;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Optional<SmtpClient> client = Optional.empty();
    private boolean over;
    private boolean ending;
    private boolean sending;
    private int expected;
    private int came;
    private int delivered;
    private Deadline linger;
    private Deadline patience;

    Turn(QueueFlush.Client owner, Rights.Fetch.Allowed whose, Turns turns, RemoteConfig config, LongSupplier nanos) {
        this.owner = owner;
        this.whose = whose;
        this.turns = turns;
        this.config = config;
        this.nanos = nanos;
        this.linger = Deadline.in(LINGER, nanos);
        this.patience = Deadline.in(PATIENCE, nanos);
    }

    boolean covers(String domain) {
        return whose.domains().test(domain);
    }

    /** Whether some domain may be of both. */
    boolean meets(Turn other) {
        return whose.patterns().stream().anyMatch(mine -> other.whose.patterns().stream()
            .anyMatch(theirs -> mine.covers(theirs.name()) || theirs.covers(mine.name())));
    }

    /** So many recipients come for it, or more. */
    void expect(int recipients) {
        lock.lock();
        try {
            expected = recipients;
        } finally {
            lock.unlock();
        }
    }

    @Override public String name() {
        return "atrn";
    }

    /** Routes lead elsewhere: who is here is asked for by the recipient's domain. */
    @Override public boolean takes(Route route) {
        return false;
    }

    @Override public String destination(Route route) {
        return owner.user() + " " + owner.connection();
    }

    @Override public int concurrency() {
        return 1;
    }

    @Override public List<Outcome> deliver(Job job) throws IOException {
        var open = awaitTurn();
        if (open.isEmpty()) {
            return Collections.nCopies(job.recipients().size(), GONE);
        }
        var outcomes = new HashMap<Integer, Outcome>();
        try {
            new Transmission(open.get(), host(), config.recipients())
                .send(job, job.recipients(), Transmission.Naming.UNCHANGED, outcomes)
                .forEach(unsent -> outcomes.put(unsent.number(), GONE));
        } finally {
            sent(job.recipients().size(),
                (int) outcomes.values().stream().filter(Outcome.Delivered.class::isInstance).count());
        }
        var inOrder = new ArrayList<Outcome>(outcomes.size());
        job.recipients().forEach(recipient -> inOrder.add(outcomes.get(recipient.number())));
        return inOrder;
    }

    private String host() {
        return "[" + owner.address().getHostAddress() + "]";
    }

    /** Waits until the conversation is open; empty when it is over. */
    private Optional<SmtpClient> awaitTurn() {
        lock.lock();
        try {
            while (!over && !ending && (client.isEmpty() || sending)) {
                changed.await();
            }
            if (over || ending || !client.orElseThrow().isUsable()) {
                return Optional.empty();
            }
            sending = true;
            return client;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private void sent(int recipients, int taken) {
        lock.lock();
        try {
            sending = false;
            came += recipients;
            delivered += taken;
            linger = Deadline.in(LINGER, nanos);
            patience = Deadline.in(PATIENCE, nanos);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override public void run(Wire wire) {
        var opened = new SmtpClient(wire, new ClientSettings(config.hostname(), TlsMode.NEVER,
            config.connection().deadlines()));
        var log = LOG.connection(owner.connection());
        try {
            var trouble = opened.open();
            trouble.ifPresentOrElse(
                found -> log.warn("atrn-failed", "user", owner.user(), "why", found.stage() + ": " + found.why()),
                () -> serve(opened));
        } finally {
            close();
            opened.quit();
        }
        log.info("atrn-ended", "user", owner.user(), "recipients", came, "delivered", delivered);
    }

    /** Lets workers send, until there is nothing more, or no connection. */
    private void serve(SmtpClient opened) {
        lock.lock();
        try {
            client = Optional.of(opened);
            linger = Deadline.in(LINGER, nanos);
            patience = Deadline.in(PATIENCE, nanos);
            changed.signalAll();
            while (!isDone(opened)) {
                if (sending) {
                    changed.await();    // the connection's deadlines end it; ours may be over long since
                } else {
                    var _ = changed.awaitNanos((came >= expected ? linger : patience).left().toNanos());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private boolean isDone(SmtpClient opened) {
        return !sending && (ending || !opened.isUsable() || (came >= expected ? linger : patience).isOver());
    }

    @Override public void endSoon() {
        lock.lock();
        try {
            ending = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override public void close() {
        turns.end(this);
        lock.lock();
        try {
            over = true;
            while (sending) {
                changed.awaitUninterruptibly();   // its deadlines end it
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
