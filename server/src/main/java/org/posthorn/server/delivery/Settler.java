package org.posthorn.server.delivery;

import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.posthorn.mailets.port.BounceKind;
import org.posthorn.protocols.smtp.Handling;
import org.posthorn.protocols.smtp.Recipient.Notify;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.bounce.Notice;
import org.posthorn.server.bounce.Notice.Action;
import org.posthorn.server.bounce.Reporter;
import org.posthorn.server.bounce.Reporter.Reports;
import org.posthorn.server.bounce.Tally;
import org.posthorn.server.intake.Awaited;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.spool.Change;
import org.posthorn.server.spool.Event;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Settlement;

/** Turns the outcomes of a job into one change of the spool: new states, history, and the report to the sender. */
public final class Settler {

    private static final EventLog LOG = EventLog.of(Settler.class);

    private static final Outcome.Deferred BUSY = new Outcome.Deferred(
        Reply.of(451, "4.4.5", "Too much waits for its destination"), "", Outcome.Scope.DESTINATION);
    private static final Outcome.Deferred UNASKED = new Outcome.Deferred(
        Reply.of(450, "4.4.1", "Kept until its domain asks for it (ETRN, ATRN)"), "", Outcome.Scope.RECIPIENT);

    private final RetryPolicy retry;
    private final Reporter reporter;
    private final Awaited awaited;
    private final Tally tally;

    /** Decides by the policy, tells by the reporter; or the LMTP client that waits. */
    @Inject
    public Settler(RetryPolicy retry, Reporter reporter, Awaited awaited, Tally tally) {
        this.retry = retry;
        this.reporter = reporter;
        this.awaited = awaited;
        this.tally = tally;
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
     * @param owed the same without its reports, which the pipeline sends then
     * @param lines what it says of each recipient, for the log
     */
    record Settled(Change change, Change owed, List<Line> lines) {
        /** The same without its reports, whose drafts are gone. */
        Settled owing() {
            discard();
            return new Settled(owed, owed, lines);
        }

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
     * @param how it was protected on its way; empty where there was none
     */
    record Line(String word, QueuedRecipient recipient, Notice.Remote remote, String reply, Optional<Instant> due,
                String how) {
        String code() {
            return reply.substring(0, Math.min(3, reply.length()));
        }

        /** What kind of failure or delay it is, for histories; empty for a success. */
        private String kind() {
            if (reply.startsWith("2")) {
                return "";
            }
            var kind = BounceKind.of(reply);
            return " (" + kind.nature().word() + (kind.word().equals(kind.nature().word()) ? "" : ": " + kind.word())
                + ")";
        }

        Event event(Instant now) {
            var host = remote.host();
            var detail = (!host.isEmpty() && remote.spoke() ? host + ": " : "") + reply
                + (host.isEmpty() || remote.spoke() ? "" : " (at " + host + ")")
                + due.map(at -> "; next try " + at).orElse("")
                + kind() + (how.isEmpty() ? "" : " (" + how + ")");
            return new Event(now, recipient.recipient().mailbox().toString(), word, detail);
        }
    }

    /** After an attempt. */
    Settled attempted(Job job, List<Outcome> outcomes, Instant now) {
        var work = new Work(job, now);
        for (var i = 0; i < outcomes.size(); i++) {
            var recipient = job.recipients().get(i);
            switch (outcomes.get(i)) {
                case Outcome.Delivered delivered -> work.deliver(recipient, delivered);
                case Outcome.Failed failed -> work.fail(recipient, failed.reply().toString(), remote(failed));
                case Outcome.Deferred why -> {
                    var attempts = Job.routed(recipient).attempts() + 1;
                    work.defer(recipient, why, attempts, retry.next(job.message().origin(),
                        recipient.recipient().mailbox(), attempts, now));
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
            var due = retry.afterSuspension(job.message().origin(), recipient.recipient().mailbox(), until, now);
            if (routed.lastReply().equals(why.reply().toString()) && !work.isDecisive(recipient)) {
                work.stay(recipient, due);   // its history says so already
            } else {
                work.defer(recipient, why, routed.attempts(), due);
            }
        }
        return work.done();
    }

    /** Not to be tried until it is asked for; at the end of its life it fails, untried. */
    Settled unasked(Job job, Instant now) {
        var work = new Work(job, now);
        for (var recipient : job.recipients()) {
            var routed = Job.routed(recipient);
            var said = UNASKED.reply().toString();
            var due = retry.unasked(job.message().origin(), recipient.recipient(), now);
            if (routed.lastReply().equals(said) && !work.isDecisive(recipient)) {
                work.stay(recipient, due);   // its history says so already
            } else {
                work.defer(recipient, UNASKED, routed.attempts(), due);
            }
        }
        return work.done();
    }

    /** Whether it may not be tried any more: it was to be delivered by an earlier time, or to go back (RFC 2852). */
    boolean isLate(Job job, Instant now) {
        return retry.isLate(job.message().origin(), now);
    }

    /** What may not be tried any more goes back. */
    Settled late(Job job, Instant now) {
        var work = new Work(job, now);
        for (var recipient : job.recipients()) {
            work.late(recipient, Job.routed(recipient).lastReply(), Notice.Remote.NONE);
        }
        return work.done();
    }

    /** Back to the spool until then, as if never taken: its destination is busy. But its time may be over. */
    Settled postponed(Job job, Instant until, Instant now) {
        var work = new Work(job, now);
        for (var recipient : job.recipients()) {
            var routed = Job.routed(recipient);
            if (work.isDecisive(recipient)) {
                work.defer(recipient, BUSY, routed.attempts(), until);
            } else {
                work.stay(recipient, until);
            }
        }
        return work.done();
    }

    /** The settlement of one job while it is put together. */
    private final class Work {
        private final Job job;
        private final Instant now;
        private final List<QueuedRecipient> moved = new ArrayList<>();
        private final List<Line> lines = new ArrayList<>();
        private final List<Notice> failures = new ArrayList<>();
        private final List<Notice> others = new ArrayList<>();

        Work(Job job, Instant now) {
            this.job = job;
            this.now = now;
        }

        void move(String word, QueuedRecipient recipient, RecipientState next, Notice.Remote remote, String reply) {
            moved.add(recipient.with(next));
            lines.add(new Line(word, recipient, remote, reply, next instanceof RecipientState.Routed routed
                ? Optional.of(routed.due()) : Optional.empty(), ""));
        }

        /** As it is, but due later, and nothing to tell. */
        void stay(QueuedRecipient recipient, Instant due) {
            moved.add(recipient.with(Job.routed(recipient).at(due)));
        }

        /** The sender is told where that was wanted, and nobody else will (RFC 3461 section 5.2). */
        void deliver(QueuedRecipient recipient, Outcome.Delivered delivered) {
            var reply = delivered.reply();
            var remote = remote(delivered);
            var success = recipient.recipient().notifyOn().contains(Notify.SUCCESS);
            var traced = isTraced(recipient);
            var action = switch (delivered.handover()) {
                case FINAL -> success ? Optional.of(Action.DELIVERED) : Optional.<Action>empty();
                case RELAYED -> success || traced ? Optional.of(Action.RELAYED) : Optional.<Action>empty();
                case PASSED_ON -> traced ? Optional.of(Action.RELAYED) : Optional.<Action>empty();
            };
            // An LMTP client leaves successes to us as any does that passed NOTIFY on.
            action.ifPresent(done -> others.add(new Notice(done, recipient, reply.toString(), remote,
                Optional.empty())));
            moved.add(recipient.with(new RecipientState.Delivered(reply.toString())));
            lines.add(new Line("delivered", recipient, remote, reply.toString(), Optional.empty(), delivered.how()));
        }

        /**
         * Whether each hop is to report it (RFC 2852 section 4.1.5): not of those who came in the place of others, all
         * of whom have an ORCPT, or strangers would read whom an alias stands for.
         */
        private boolean isTraced(QueuedRecipient recipient) {
            return recipient.recipient().originalRecipient().isEmpty()
                && job.message().origin().parameters().handling().by().filter(Handling.By::traced).isPresent();
        }

        void fail(QueuedRecipient recipient, String reply, Notice.Remote remote) {
            if (awaited.claims(job.message().id(), recipient)) {
                move("refused", recipient, new RecipientState.Bounced(reply), remote, reply);
            } else {
                failures.add(new Notice(Action.FAILED, recipient, reply, remote, Optional.empty()));
            }
        }

        /** Its time is over: what was said last is said once more. */
        private void expire(QueuedRecipient recipient, String why, String last, Notice.Remote remote) {
            fail(recipient, why + (last.isEmpty() ? "" : "; last answer: " + last), remote);
        }

        void late(QueuedRecipient recipient, String last, Notice.Remote remote) {
            expire(recipient, "554 5.4.7 Not delivered by the time that its sender named", last, remote);
        }

        /** Whether to defer it now is more than to defer it: it fails, or its sender is told. */
        boolean isDecisive(QueuedRecipient recipient) {
            var origin = job.message().origin();
            return retry.isExpired(origin, recipient.recipient().mailbox(), now) || retry.isLate(origin, now)
                || retry.noticesDue(origin, recipient.recipient(), now) > Job.routed(recipient).notices();
        }

        void defer(QueuedRecipient recipient, Outcome.Deferred why, int attempts, Instant due) {
            var reply = why.reply();
            var remote = remote(why);
            var origin = job.message().origin();
            var mailbox = recipient.recipient().mailbox();
            if (retry.isExpired(origin, mailbox, now)) {
                expire(recipient, "451 4.4.7 Not delivered within " + words(retry.lifetime(origin, mailbox)),
                    reply.toString(), remote);
            } else if (retry.isLate(origin, now)) {
                late(recipient, reply.toString(), remote);
            } else if (awaited.claims(job.message().id(), recipient)) {
                var told = reply.isTransient() ? reply : Reply.of(451, "4.3.0", reply.toString());
                move("refused", recipient, new RecipientState.Discarded("left to the LMTP client, which was told "
                    + told), remote, told.toString());
            } else {
                tally.deferred(BounceKind.of(reply.toString()));
                // Never fewer: a time that is not configured any more has been told of.
                var notices = Math.max(retry.noticesDue(origin, recipient.recipient(), now),
                    Job.routed(recipient).notices());
                if (notices > Job.routed(recipient).notices()) {
                    others.add(new Notice(Action.DELAYED, recipient, reply.toString(), remote,
                        Optional.of(retry.end(origin, mailbox))));
                }
                move("deferred", recipient, new RecipientState.Routed(job.route(), due, attempts, reply.toString(),
                    notices), remote, reply.toString());
            }
        }

        /** Empty when nobody can be told now, which is our fault: the pipeline tells when it can. */
        private Optional<Reports> reports() {
            var notices = new ArrayList<>(failures);
            notices.addAll(others);
            try {
                return Optional.of(reporter.report(job.message(), notices));
            } catch (RuntimeException e) {
                LOG.mail(job.message().id()).error("report-failed", e);
                return Optional.empty();
            }
        }

        /** Its sender was not told: of a delay next time, of the end by the pipeline. */
        private QueuedRecipient untold(QueuedRecipient recipient) {
            if (recipient.state() instanceof RecipientState.Routed(var route, var due, var attempts, var reply,
                var notices)) {
                return recipient.with(new RecipientState.Routed(route,
                    notices > notices(recipient.number()) ? soon(recipient, due) : due, attempts, reply,
                    Math.min(notices, notices(recipient.number()))));
            }
            return Stream.concat(failures.stream(), others.stream())
                .filter(notice -> notice.recipient().number() == recipient.number()).findFirst()
                .map(notice -> recipient.with(notice.action() == Action.FAILED
                    ? new RecipientState.Failed(notice.reply())
                    : new RecipientState.Unreported(notice.reply(), notice.remote().host(),
                        notice.action() == Action.RELAYED)))
                .orElse(recipient);
        }

        /** What is not tried before the end of its life is looked at again for that. */
        private Instant soon(QueuedRecipient recipient, Instant due) {
            var next = retry.next(job.message().origin(), recipient.recipient().mailbox(), 1, now);
            return next.isBefore(due) ? next : due;
        }

        private int notices(int number) {
            return job.recipients().stream().filter(one -> one.number() == number)
                .mapToInt(one -> Job.routed(one).notices()).findFirst().orElse(0);
        }

        Settled done() {
            var told = failures.isEmpty() && others.isEmpty() ? Optional.of(Reports.NONE) : reports();
            for (var failure : failures) {
                move("bounced", failure.recipient(), new RecipientState.Bounced(failure.reply()), failure.remote(),
                    failure.reply());
            }
            var owed = change(moved.stream().map(this::untold).toList(), Reports.NONE);
            return new Settled(told.map(reports -> change(moved, reports)).orElse(owed), owed, lines);
        }

        private Change change(List<QueuedRecipient> states, Reports reports) {
            var history = new ArrayList<Event>();
            lines.forEach(line -> history.add(line.event(now)));
            history.addAll(reports.history());
            return new Change(reports.messages(),
                List.of(Settlement.outcomes(job.message().id(), states, history)));
        }
    }

    /** Nobody is said to have said what we found. */
    private static Notice.Remote remote(Outcome outcome) {
        return switch (outcome.by()) {
            case HOST -> Notice.Remote.said(outcome.host(), outcome.reply().toString());
            case US -> Notice.Remote.silent(outcome.host());
        };
    }

    private static String words(Duration time) {
        if (time.toDays() > 1) {
            return time.toDays() + " days";
        }
        return time.toHours() > 1 ? time.toHours() + " hours" : time.toMinutes() + " minutes";
    }
}
