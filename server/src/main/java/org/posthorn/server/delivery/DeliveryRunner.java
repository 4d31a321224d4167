package org.posthorn.server.delivery;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.Service;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.spool.Change;
import org.posthorn.server.spool.NewMessage;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.Settlement;
import org.posthorn.server.spool.Spool;
import org.posthorn.server.spool.SpoolException;
import org.posthorn.server.spool.SpooledMessage;

/**
 * Takes due recipients from the spool, has agents deliver them, and settles what came of it.
 *
 * <p>One thread, {@code delivery-dispatch}, takes work, never more than {@link Limits#active} jobs at a time, and
 * queues it by destination. Each job runs on a virtual thread of its own, {@code delivery-N}. An exception or error of
 * an agent is a fault of ours: its recipients are deferred. When the spool cannot write an outcome down, that is tried
 * until it can; meanwhile the job keeps its place, and so we take less.
 */
@Singleton
public final class DeliveryRunner implements Service, Suspensions, Reachability {

    private static final EventLog LOG = EventLog.of(DeliveryRunner.class);
    private static final int MOST_TAKEN = 100;       // jobs in one claim
    private static final int MOST_SETTLED = 200;     // recipients in one change: more would escalate to a table lock
    private static final Duration WAIT = Duration.ofMillis(250);     // and so long may a stop take to be noticed
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration CLOSING = Duration.ofSeconds(5);
    private static final Reply OURS = Reply.of(451, "4.3.0", "Delivery failed here; it will be tried again");

    private final Spool spool;
    private final List<Agent> agents;
    private final Settler settler;
    private final OnDemand onDemand;
    private final InstantSource clock;
    private final Queues queues;
    private final Semaphore active;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile boolean cuttingOff;   // attempts that still run are being ended by us
    private final ExecutorService workers =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("delivery-", 0).factory());
    private final Thread dispatcher = Thread.ofPlatform().name("delivery-dispatch").unstarted(this::dispatch);

    /** Each agent says which routes it takes. */
    @Inject DeliveryRunner(Spool spool, Set<Agent> agents, Settler settler, Queues queues, OnDemand onDemand,
                           InstantSource clock) {
        this.spool = spool;
        this.agents = List.copyOf(agents);
        this.settler = settler;
        this.onDemand = onDemand;
        this.clock = clock;
        this.queues = queues;
        this.active = new Semaphore(queues.active());
    }

    @Override public void start() {
        dispatcher.start();
    }

    /** Begins nothing more, gives back what waits, and lets attempts end within the grace; then they are cut off. */
    @Override public void stop(Duration grace) {
        stopping.countDown();
        try {
            dispatcher.join(CLOSING);
            queues.close().forEach(job -> giveBack(job.message()));
            if (!queues.awaitQuiet(grace)) {
                cuttingOff = true;
                workers.shutdownNow();
                queues.awaitQuiet(CLOSING);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            workers.shutdownNow();
        }
    }

    @Override public void ask(String domain, Instant due) {
        onDemand.ask(domain, due);
    }

    @Override public void lift(Route route, String domain, Instant due) {
        ask(domain, due);
        resume(route);
    }

    @Override public void resume(Route route) {
        agentFor(route).ifPresent(agent -> {
            var reached = agent.destinations(route);
            queues.resume(key -> key.agent().equals(agent.name()) && reached.contains(key.destination()));
        });
    }

    @Override public void liftAll(Instant due) {
        onDemand.ask("all", _ -> true, due);
        queues.resume(_ -> true);
    }

    @Override public State of(Spool.Waiting waiting) {
        return agentFor(waiting.route()).map(agent -> queues.state(new Destination.Key(agent.name(),
            agent.destination(waiting)))).orElse(State.OPEN);
    }

    private Optional<Agent> agentFor(Route route) {
        for (var agent : agents) {
            if (agent.takes(route)) {
                return Optional.of(agent);
            }
        }
        return Optional.empty();
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    private void dispatch() {
        var pause = FIRST_PAUSE;
        while (!isStopping()) {
            try {
                place(take());
                pause = FIRST_PAUSE;
            } catch (InterruptedException e) {
                return;   // nobody does that: it may be in the database
            } catch (RuntimeException e) {
                LOG.error("dispatch-failed", e);
                waitUnlessStopping(pause);
                pause = longer(pause);
            }
        }
    }

    private List<SpooledMessage> take() throws InterruptedException {
        if (!active.tryAcquire(WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
            return List.of();
        }
        var places = 1 + active.drainPermits();
        var wanted = Math.min(places, MOST_TAKEN);
        active.release(places - wanted);
        var taken = List.<SpooledMessage>of();
        try {
            taken = spool.takeDue(wanted, WAIT);
        } finally {
            active.release(wanted - taken.size());
        }
        return taken;
    }

    private void place(List<SpooledMessage> taken) {
        var back = new Batch();
        var unasked = new ArrayList<Job>();
        for (var message : taken) {
            var all = Job.of(message);
            var picked = onDemand.picked(all);
            if (picked.isPresent()) {
                var mine = picked.get().job();
                all.only(recipient -> !mine.recipients().contains(recipient)).ifPresent(rest ->
                    giveBack(rest.message()));
                queue(picked.get().agent(), mine, back);
                continue;
            }
            var waiting = all.only(recipient -> !onDemand.mayTry(recipient, message.origin()));
            waiting.ifPresent(part -> {
                unasked.add(part);
                back.addPart(part, settler.unasked(part, clock.instant()));
            });
            var asked = waiting.isEmpty() ? Optional.of(all)
                : all.only(recipient -> !waiting.get().recipients().contains(recipient));
            if (asked.isEmpty()) {
                active.release();
                continue;
            }
            var job = asked.get();
            if (settler.isLate(job, clock.instant())) {
                back.add(job, settler.late(job, clock.instant()));
                continue;
            }
            var agent = agentFor(job.route());
            if (agent.isEmpty()) {
                LOG.mail(message.id()).warn("no-such-agent", "agent", job.route().agent());
                back.add(job, settler.attempted(job, same(job, new Outcome.Deferred(Reply.of(451, "4.3.5",
                    "There is no delivery agent named " + job.route().agent()), "", Outcome.Scope.RECIPIENT)),
                    clock.instant()));
                continue;
            }
            queue(agent.get(), job, back);
        }
        back.commit();
        begin();
        unasked.forEach(this::askAgain);
    }

    private void queue(Agent agent, Job job, Batch back) {
        switch (queues.offer(agent, job)) {
            case Queues.Place.Queued _ -> { }
            case Queues.Place.Postponed(var last, var until) -> {
                last.recipients().forEach(late -> onDemand.ask(late.recipient().mailbox().domain(), until));
                back.add(last, settler.postponed(last, until, clock.instant()));
            }
            case Queues.Place.Suspended(var why, var until) ->
                back.add(job, settler.suspended(job, why, until, clock.instant()));
        }
    }

    /** Somebody may have asked while the recipients were claimed, and so did not get them. */
    private void askAgain(Job job) {
        var meanwhile = job.only(recipient -> onDemand.isAskedFor(recipient, job.message().origin()));
        meanwhile.ifPresent(part -> spool.move(part.message().id(), recipient ->
            part.recipients().stream().anyMatch(one -> one.number() == recipient.number())
                && recipient.state() instanceof RecipientState.Routed routed
                ? Optional.of(routed.at(Job.routed(part.recipients().getFirst()).due())) : Optional.empty(),
            "asked for meanwhile"));
    }

    private void begin() {
        queues.begin().forEach(turn -> workers.execute(() -> work(turn)));
    }

    private void work(Queues.Turn turn) {
        var job = turn.job();
        var agent = turn.destination().agent();
        var began = System.nanoTime();
        var outcomes = attempt(agent, job);
        var took = Duration.ofNanos(System.nanoTime() - began);
        // What cut the attempt off may have left its mark on the thread, and that must not disturb the commit.
        var interrupted = Thread.interrupted();
        var cutOff = interrupted || cuttingOff;
        var unreachable = unreachable(outcomes.orElse(List.of()));
        try {
            settle(job, outcomes.orElseGet(() -> same(job, new Outcome.Deferred(OURS, "", Outcome.Scope.RECIPIENT))),
                took, cutOff);
        } catch (RuntimeException e) {
            // Not given back: it may have been delivered. The next start hands it out again.
            LOG.mail(job.message().id()).error("settling-failed", e);
        } finally {
            var dropped = queues.ended(turn, unreachable, outcomes.isPresent() && unreachable.isEmpty(), took);
            active.release();
            var back = new Batch();
            dropped.ifPresent(jobs -> {
                var why = unreachable.orElseThrow();
                LOG.warn("suspended", "agent", agent.name(), "destination", turn.destination().key.destination(),
                    "reply", why.reply(), "waiting", jobs.size());
                jobs.forEach(waiting -> back.add(waiting,
                    settler.suspended(waiting, why, queues.suspendedUntil(turn), clock.instant())));
            });
            back.commit();
            begin();
        }
    }

    /** The outcomes, or empty when the attempt broke. */
    private Optional<List<Outcome>> attempt(Agent agent, Job job) {
        try {
            var copies = Copies.of(job, agent::mailbox);
            var outcomes = agent.deliver(copies.single());
            var expected = copies.single().recipients().size();
            if (outcomes.size() != expected) {
                throw new IllegalStateException(agent.name() + " gave " + outcomes.size() + " outcomes for "
                    + expected + " recipients");
            }
            return Optional.of(copies.outcomes(outcomes));
        } catch (IOException | RuntimeException | Error e) {    // whatever it was: the job has a place to give back
            if (!isStopping()) {
                LOG.mail(job.message().id()).error("agent-failed", e, "agent", agent.name());
            }
            return Optional.empty();
        }
    }

    /** Why the destination could not be reached, if all outcomes say so. */
    private static Optional<Outcome.Deferred> unreachable(List<Outcome> outcomes) {
        var first = Optional.<Outcome.Deferred>empty();
        for (var outcome : outcomes) {
            if (!(outcome instanceof Outcome.Deferred deferred) || deferred.scope() != Outcome.Scope.DESTINATION) {
                return Optional.empty();
            }
            first = first.isPresent() ? first : Optional.of(deferred);
        }
        return first;
    }

    private static List<Outcome> same(Job job, Outcome outcome) {
        return Collections.nCopies(job.recipients().size(), outcome);
    }

    private void settle(Job job, List<Outcome> outcomes, Duration took, boolean cutOff) {
        if (!cutOff) {
            commit(settler.attempted(job, outcomes, clock.instant()), job, took);
            return;
        }
        // We ended it ourselves: what was not done is as if it had not been begun.
        var done = new ArrayList<Integer>();
        for (var i = 0; i < outcomes.size(); i++) {
            if (!(outcomes.get(i) instanceof Outcome.Deferred)) {
                done.add(i);
            }
        }
        if (!done.isEmpty()) {
            var part = new Job(with(job.message(), done), job.route());
            commit(settler.attempted(part, done.stream().map(outcomes::get).toList(), clock.instant()), part,
                took);
        }
        var left = new ArrayList<Integer>();
        for (var i = 0; i < outcomes.size(); i++) {
            if (!done.contains(i)) {
                left.add(i);
            }
        }
        if (!left.isEmpty()) {
            giveBack(with(job.message(), left));
        }
    }

    private static SpooledMessage with(SpooledMessage message, List<Integer> positions) {
        return new SpooledMessage(message.id(), message.origin(), message.variants(),
            positions.stream().map(message.recipients()::get).toList());
    }

    private void commit(Settler.Settled settled, Job job, Duration took) {
        var parts = new ArrayList<>(List.of(settled));
        if (written(parts)) {
            committed(job.message(), settled, took);
        } else {
            parts.forEach(Settler.Settled::discard);
            giveBack(job.message());
        }
    }

    private void committed(SpooledMessage message, Settler.Settled settled, Duration took) {
        settler.committed(message.id(), settled);
        settled.lines().forEach(line -> log(message, line, took));
    }

    /**
     * Commits these together, as often as it takes. Where there is no room for new messages, reports are among these:
     * they are left to the pipeline, and what became of the mail is written down.
     *
     * @return false when we stop before it could be done
     */
    private boolean written(List<Settler.Settled> parts) {
        var pause = FIRST_PAUSE;
        while (true) {
            var change = together(parts);
            try {
                spool.commit(change);
                return true;
            } catch (RuntimeException e) {
                LOG.mail(change.settled().getFirst().id()).error("commit-failed", e);
                if (e instanceof SpoolException refused && refused.isFull() && !change.accepted().isEmpty()) {
                    parts.replaceAll(Settler.Settled::owing);
                } else if (!waitUnlessStopping(pause)) {
                    return false;
                } else {
                    pause = longer(pause);
                }
            }
        }
    }

    private static Change together(List<Settler.Settled> parts) {
        var accepted = new ArrayList<NewMessage>();
        var settlements = new ArrayList<Settlement>();
        for (var part : parts) {
            accepted.addAll(part.change().accepted());
            settlements.addAll(part.change().settled());
        }
        return new Change(accepted, settlements);
    }

    private void giveBack(SpooledMessage message) {
        try {
            spool.release(message);
        } catch (RuntimeException e) {
            LOG.mail(message.id()).error("release-failed", e);   // it is handed out again at the next start
        }
    }

    private void log(SpooledMessage message, Settler.Line line, Duration took) {
        var age = Duration.between(message.origin().received(), clock.instant());
        var pairs = new ArrayList<Object>(List.of("to", line.recipient().recipient().mailbox(),
            "host", line.remote().host(), "code", line.code(), "delays", seconds(age) + "/" + seconds(took),
            "reply", line.reply()));
        if (!line.how().isEmpty()) {
            pairs.addAll(List.of("tls", line.how()));
        }
        LOG.mail(message.id()).info(line.word(), pairs.toArray());
    }

    private static String seconds(Duration time) {
        var hundredths = Math.max(0, time.toMillis() / 10);
        return hundredths / 100 + "." + hundredths / 10 % 10 + hundredths % 10;
    }

    /** False when it is time to stop. */
    private boolean waitUnlessStopping(Duration pause) {
        try {
            return !stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Duration longer(Duration pause) {
        var twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    /** Jobs that go back to the spool without an attempt, many in one change. */
    private final class Batch {
        private final List<Job> jobs = new ArrayList<>();
        private final List<Settler.Settled> settled = new ArrayList<>();
        private int recipients;
        private int places;

        /** A whole job, whose place is free then. */
        void add(Job job, Settler.Settled one) {
            addPart(job, one);
            places++;
        }

        /** Part of a job: its place is somebody else's. */
        void addPart(Job job, Settler.Settled one) {
            if (recipients > 0 && recipients + job.recipients().size() > MOST_SETTLED) {
                commit();
            }
            jobs.add(job);
            settled.add(one);
            recipients += job.recipients().size();
        }

        void commit() {
            if (jobs.isEmpty()) {
                return;
            }
            if (written(settled)) {
                for (var i = 0; i < jobs.size(); i++) {
                    committed(jobs.get(i).message(), settled.get(i), Duration.ZERO);
                }
            } else {
                settled.forEach(Settler.Settled::discard);
                jobs.forEach(job -> giveBack(job.message()));
            }
            active.release(places);
            places = 0;
            jobs.clear();
            settled.clear();
            recipients = 0;
        }
    }
}
