package org.posthorn.server.delivery;

import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.bounce.Failure;
import org.posthorn.server.bounce.Reporter;
import org.posthorn.server.intake.Awaited;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.spool.Change;
import org.posthorn.server.spool.Event;
import org.posthorn.server.spool.NewMessage;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Settlement;

/** Turns the outcomes of a job into one change of the spool: new states, history, and the report to the sender. */
public final class Settler {

    private static final EventLog LOG = EventLog.of(Settler.class);

    private static final Reply UNASKED = Reply.of(450, "4.4.1", "Kept until its domain asks for it (ETRN, ATRN)");

    private final RetryPolicy retry;
    private final Reporter reporter;
    private final Awaited awaited;

    /** Decides by the policy, tells by the reporter; or the LMTP client that waits. */
    @Inject
    public Settler(RetryPolicy retry, Reporter reporter, Awaited awaited) {
        this.retry = retry;
        this.reporter = reporter;
        this.awaited = awaited;
    }

    /** To be called when the change is durable: tells those who wait. */
    void committed(QueueId id, Settled settled) {
        if (awaited.isAwaited(id)) {
            settled.lines().forEach(line -> awaited.tell(id, line.recipient(), Reply.parse(line.reply())));
        }
    }

    /**
     * A change that is not committed yet.
     *
     * @param lines what it says of each recipient, for the log
     */
    record Settled(Change change, List<Line> lines) {
        /** Drafts of reports that will not be committed. */
        void discard() {
            change.accepted().forEach(message -> message.variants().forEach(variant -> variant.content().close()));
        }
    }

    /**
     * What became of a recipient.
     *
     * @param word {@code delivered}, {@code deferred}, {@code bounced}, or {@code refused} to a client that waits
     * @param due when it is tried again; empty where it is not
     */
    record Line(String word, QueuedRecipient recipient, String host, String reply, Optional<Instant> due) {
        String code() {
            return reply.substring(0, Math.min(3, reply.length()));
        }

        Event event(Instant now) {
            var detail = (host.isEmpty() ? "" : host + ": ") + reply + due.map(at -> "; next try " + at).orElse("");
            return new Event(now, recipient.recipient().mailbox().toString(), word, detail);
        }
    }

    /** After an attempt. */
    Settled attempted(Job job, List<Outcome> outcomes, Instant now) {
        var work = new Work(job, now);
        for (var i = 0; i < outcomes.size(); i++) {
            var recipient = job.recipients().get(i);
            switch (outcomes.get(i)) {
                case Outcome.Delivered(var reply, var host) -> work.move("delivered", recipient,
                    new RecipientState.Delivered(reply.toString()), host, reply.toString());
                case Outcome.Failed(var reply, var host) -> work.fail(recipient, reply.toString(), host);
                case Outcome.Deferred(var reply, var host, _) -> {
                    var attempts = Job.routed(recipient).attempts() + 1;
                    work.defer(recipient, reply, host, attempts, retry.next(job.message().origin(), attempts, now));
                }
            }
        }
        return work.done();
    }

    /** Without an attempt, because the destination is known to be unreachable until then. */
    Settled suspended(Job job, Outcome.Deferred why, Instant until, Instant now) {
        var work = new Work(job, now);
        for (var recipient : job.recipients()) {
            var routed = Job.routed(recipient);
            var due = retry.afterSuspension(job.message().origin(), until, now);
            if (routed.lastReply().equals(why.reply().toString()) && !retry.isExpired(job.message().origin(), now)) {
                work.stay(recipient, due);   // its history says so already
            } else {
                work.defer(recipient, why.reply(), why.host(), routed.attempts(), due);
            }
        }
        return work.done();
    }

    /** Not to be tried until it is asked for; at the end of its life it fails, untried. */
    Settled unasked(Job job, Instant now) {
        var work = new Work(job, now);
        for (var recipient : job.recipients()) {
            var routed = Job.routed(recipient);
            var said = UNASKED.toString();
            if (routed.lastReply().equals(said) && !retry.isExpired(job.message().origin(), now)) {
                work.stay(recipient, retry.end(job.message().origin()));   // its history says so already
            } else {
                work.defer(recipient, UNASKED, "", routed.attempts(), retry.end(job.message().origin()));
            }
        }
        return work.done();
    }

    /** Back to the spool until then, as if never taken: its destination is busy. */
    Settled postponed(Job job, Instant until) {
        var work = new Work(job, until);
        job.recipients().forEach(recipient -> work.stay(recipient, until));
        return work.done();
    }

    /** The settlement of one job while it is put together. */
    private final class Work {
        private final Job job;
        private final Instant now;
        private final List<QueuedRecipient> moved = new ArrayList<>();
        private final List<Line> lines = new ArrayList<>();
        private final List<Failure> failures = new ArrayList<>();

        Work(Job job, Instant now) {
            this.job = job;
            this.now = now;
        }

        void move(String word, QueuedRecipient recipient, RecipientState next, String host, String reply) {
            moved.add(recipient.with(next));
            lines.add(new Line(word, recipient, host, reply, next instanceof RecipientState.Routed routed
                ? Optional.of(routed.due()) : Optional.empty()));
        }

        /** As it is, but due later, and nothing to tell. */
        void stay(QueuedRecipient recipient, Instant due) {
            var routed = Job.routed(recipient);
            moved.add(recipient.with(
                new RecipientState.Routed(routed.route(), due, routed.attempts(), routed.lastReply())));
        }

        void fail(QueuedRecipient recipient, String reply, String host) {
            if (awaited.claims(job.message().id(), recipient)) {
                move("refused", recipient, new RecipientState.Bounced(reply), host, reply);
            } else {
                failures.add(new Failure(recipient, reply, host));
            }
        }

        void defer(QueuedRecipient recipient, Reply reply, String host, int attempts, Instant due) {
            var origin = job.message().origin();
            if (retry.isExpired(origin, now)) {
                fail(recipient, "451 4.4.7 Not delivered within " + words(retry.lifetime(origin)) + "; last answer: "
                    + reply, host);
            } else if (awaited.claims(job.message().id(), recipient)) {
                var told = reply.isTransient() ? reply : Reply.of(451, "4.3.0", reply.toString());
                move("refused", recipient, new RecipientState.Discarded("left to the LMTP client, which was told "
                    + told), host, told.toString());
            } else {
                move("deferred", recipient,
                    new RecipientState.Routed(job.route(), due, attempts, reply.toString()), host, reply.toString());
            }
        }

        Settled done() {
            var report = Optional.<NewMessage>empty();
            var told = true;
            if (!failures.isEmpty()) {
                try {
                    report = reporter.failed(job.message(), failures);
                } catch (RuntimeException e) {
                    // Ours. The failure stands; the pipeline tells the sender when it can.
                    LOG.mail(job.message().id()).error("report-failed", e);
                    told = false;
                }
            }
            for (var failure : failures) {
                move("bounced", failure.recipient(), told ? new RecipientState.Bounced(failure.reply())
                    : new RecipientState.Failed(failure.reply()), failure.remoteHost(), failure.reply());
            }
            var history = new ArrayList<Event>();
            lines.forEach(line -> history.add(line.event(now)));
            report.ifPresent(message -> history.add(new Event(now, "", "reported", "to the sender, as "
                + message.id())));
            return new Settled(new Change(report.stream().toList(),
                List.of(Settlement.outcomes(job.message().id(), moved, history))), lines);
        }
    }

    private static String words(Duration time) {
        if (time.toDays() > 1) {
            return time.toDays() + " days";
        }
        return time.toHours() > 1 ? time.toHours() + " hours" : time.toMinutes() + " minutes";
    }
}
