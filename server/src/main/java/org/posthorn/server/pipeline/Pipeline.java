package org.posthorn.server.pipeline;

import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.posthorn.server.Service;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.spool.Change;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Settlement;
import org.posthorn.server.spool.SpooledMessage;

/**
 * Takes pending mail from the spool, leads it through the processors and settles it. Each worker is a thread that works
 * on one claim at a time; of the operating system's, because it waits with a timeout, which costs a virtual thread two
 * wake-ups of the JDK's timer.
 */
public final class Pipeline implements Service {

    private static final EventLog LOG = EventLog.of(Pipeline.class);
    private static final Duration WAIT = Duration.ofSeconds(1);

    private final Tools tools;
    private final List<Thread> workers = new ArrayList<>();   // guarded by this
    private volatile boolean stopping;

    /** Takes nothing before {@link #start}. */
    @Inject
    Pipeline(Tools tools) {
        this.tools = tools;
    }

    @Override public synchronized void start() {
        stopping = false;
        for (var number = 1; number <= tools.config().workers(); number++) {
            workers.add(Thread.ofPlatform().name("pipeline-" + number).start(this::work));
        }
    }

    @Override public synchronized void stop(Duration grace) {
        stopping = true;
        var end = System.nanoTime() + grace.toNanos();
        for (var worker : workers) {
            try {
                if (!worker.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
                    worker.interrupt();
                    worker.join(WAIT);
                }
            } catch (InterruptedException e) {
                workers.forEach(Thread::interrupt);
                Thread.currentThread().interrupt();
                break;
            }
        }
        workers.clear();
    }

    private void work() {
        try {
            while (!stopping) {
                var claimed = claim();
                if (claimed.isPresent()) {
                    settle(claimed.get());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();   // the grace is over
        }
    }

    private Optional<SpooledMessage> claim() throws InterruptedException {
        try {
            return tools.spool().takePending(WAIT);
        } catch (RuntimeException e) {
            LOG.error("claim-failed", e);
            Thread.sleep(WAIT);   // as below; the next claim may work
            return Optional.empty();
        }
    }

    /** Settles one claim. Where not even a fault can be settled, the claim is given back after a pause. */
    void settle(SpooledMessage claimed) throws InterruptedException {
        try (var round = new Round(tools, claimed)) {
            tools.spool().advance(round.run());
            round.told();
        } catch (RuntimeException e) {
            LOG.mail(claimed.id()).error("settlement-failed", e);
            if (isPutOff(claimed)) {
                return;
            }
            try {
                Thread.sleep(WAIT);   // the disk or the database is in trouble: do not run in circles
            } finally {
                tools.spool().release(claimed);
            }
        }
    }

    /** What is owed goes before all other mail, so that it must not come again at once: later and later instead. */
    private boolean isPutOff(SpooledMessage claimed) {
        var later = new ArrayList<QueuedRecipient>();
        for (var recipient : claimed.recipients()) {
            switch (recipient.state()) {
                case RecipientState.Failed(var reply, _, var attempts) -> later.add(recipient.with(
                    new RecipientState.Failed(reply, after(attempts + 1), attempts + 1)));
                case RecipientState.Unreported(var reply, var host, var relayed, _, var attempts) ->
                    later.add(recipient.with(new RecipientState.Unreported(reply, host, relayed, after(attempts + 1),
                        attempts + 1)));
                case RecipientState.Pending _, RecipientState.Routed _, RecipientState.Held _,
                     RecipientState.Delivered _, RecipientState.Bounced _, RecipientState.Discarded _ -> {
                    return false;
                }
            }
        }
        try {
            tools.spool().commit(Change.settle(Settlement.outcomes(claimed.id(), later, List.of())));
            return true;
        } catch (RuntimeException e) {
            LOG.mail(claimed.id()).error("not-put-off", e);
            return false;
        }
    }

    private Instant after(int attempt) {
        return tools.config().afterFault(tools.clock().instant(), attempt);
    }
}
