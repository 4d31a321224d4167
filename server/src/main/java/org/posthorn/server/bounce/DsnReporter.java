package org.posthorn.server.bounce;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Recipient.Notify;
import org.posthorn.server.bounce.BounceConfig.Instead;
import org.posthorn.server.bounce.Notice.Action;
import org.posthorn.server.chain.Forgery;
import org.posthorn.server.chain.ReportNotes;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.spool.Event;
import org.posthorn.server.spool.NewMessage;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.Spool;
import org.posthorn.server.spool.SpoolException;
import org.posthorn.server.spool.SpooledMessage;

/**
 * Decides who is told what (RFC 3461 sections 4.1 and 5.2), and has it written. Three rules, each with a name that
 * stands in history, log and counts, keep a report from its addressee:
 *
 * <pre>
 * double-bounce   the message has no sender: the postmaster is told, so often; or it is held, or dropped
 * forged-sender   SPF or DMARC say that somebody else wrote the sender's name: dropped, or held
 * storm           the addressee got too many of late: held, or dropped
 * </pre>
 */
@Singleton
public final class DsnReporter implements Reporter {

    private static final EventLog LOG = EventLog.of(DsnReporter.class);
    private static final String DOUBLE_BOUNCE = "double-bounce";
    private static final String FORGED = "forged-sender";
    private static final String STORM = "storm";

    private final BounceConfig config;
    private final InstantSource clock;
    private final Tally tally;
    private final ReportWriter writer;
    private final ReportRate rate;

    /**
     * Reports are written into drafts of the spool.
     *
     * @param random for boundaries
     */
    @Inject
    public DsnReporter(Spool spool, BounceConfig config, InstantSource clock, RandomGenerator random, Tally tally) {
        this.config = config;
        this.clock = clock;
        this.tally = tally;
        this.writer = new ReportWriter(spool, config, random);
        this.rate = new ReportRate(config.rules().mostReports(), config.rules().period());
    }

    /**
     * {@inheritDoc}
     *
     * @throws SpoolException when it cannot be written: our fault, to be tried again later
     */
    @Override public Reports report(SpooledMessage message, List<Notice> notices) {
        var work = new Work(message, clock.instant());
        var told = notices.stream().filter(DsnReporter::isWanted).toList();
        switch (message.origin().sender()) {
            case ReversePath.Null _ -> work.withoutSender(failed(told));
            case ReversePath.Sender _ when work.isLast(told) -> work.withoutSender(failed(told));
            case ReversePath.Sender(var sender) when !told.isEmpty() -> work.toSender(told, sender);
            case ReversePath.Sender _ -> { }
        }
        // Last: what cannot be written now is reported, and counted, later.
        failed(notices).forEach(notice -> tally.failed(notice.kind()));
        return new Reports(work.messages, work.history);
    }

    private static List<Notice> failed(List<Notice> notices) {
        return notices.stream().filter(notice -> notice.action() == Action.FAILED).toList();
    }

    /** RFC 3461 section 4.1: without NOTIFY failures and delays are reported; with it what it names. */
    private static boolean isWanted(Notice notice) {
        var on = notice.recipient().recipient().notifyOn();
        return switch (notice.action()) {
            case FAILED -> on.isEmpty() || on.contains(Notify.FAILURE);
            case DELAYED -> on.isEmpty() || on.contains(Notify.DELAY);
            case DELIVERED, EXPANDED -> on.contains(Notify.SUCCESS);
            // By-trace asks for it too (RFC 2852 section 4.1.5); who is silent by that is not so by NOTIFY.
            case RELAYED -> !on.contains(Notify.NEVER);
        };
    }

    /** The reports on one message while they are put together. */
    private final class Work {
        private final SpooledMessage message;
        private final Instant now;
        private final List<NewMessage> messages = new ArrayList<>();
        private final List<Event> history = new ArrayList<>();

        Work(SpooledMessage message, Instant now) {
            this.message = message;
            this.now = now;
        }

        private String attributes(List<Notice> told) {
            return message.variantOf(told.getFirst().recipient()).attributes();
        }

        /** The copy of a postmaster is the last that is said of it, and so is what a mailet makes of that copy. */
        boolean isLast(List<Notice> told) {
            return !told.isEmpty() && ReportNotes.isDoubleBounce(attributes(told));
        }

        void withoutSender(List<Notice> failed) {
            if (failed.isEmpty()) {
                return;
            }
            var postmaster = config.postmaster();
            var then = isLast(failed) ? BounceConfig.DoubleBounce.DROP : config.rules().doubleBounce();
            if (then == BounceConfig.DoubleBounce.DROP) {
                drop(failed, DOUBLE_BOUNCE, "it has no sender");
            } else if (rate.isTooMuch(DOUBLE_BOUNCE, postmaster, Optional.empty(), now)) {
                // Not held: strangers who send without a sender would fill the spool.
                drop(failed, DOUBLE_BOUNCE, "more than " + config.rules().mostReports() + " copies to " + postmaster);
            } else {
                write(failed, postmaster, DOUBLE_BOUNCE, then == BounceConfig.DoubleBounce.HOLD
                    ? Optional.of(DOUBLE_BOUNCE) : Optional.empty());
            }
        }

        void toSender(List<Notice> told, Mailbox sender) {
            var forged = Forgery.of(attributes(told), sender, config.rules().forgedBy());
            if (forged.isPresent()) {
                kept(told, sender, FORGED, config.rules().forged(), forged.get());
                return;
            }
            // What was asked for must not stand in the way of what has to be told.
            var kind = failed(told).isEmpty() ? "wanted" : "failed";
            var once = message.origin().parameters().handling().verp().isEmpty() ? Optional.<QueueId>empty()
                : Optional.of(message.id());
            for (var group : byReturnPath(told, sender).entrySet()) {
                if (rate.isTooMuch(kind, sender, once, now)) {
                    kept(group.getValue(), group.getKey(), STORM, config.rules().beyond(), "more than "
                        + config.rules().mostReports() + " reports to " + sender);
                } else {
                    write(group.getValue(), group.getKey(), "sent", Optional.empty());
                }
            }
        }

        /** One report for all, or one for each where each recipient has a return path of its own. */
        private Map<Mailbox, List<Notice>> byReturnPath(List<Notice> told, Mailbox sender) {
            var delimiters = message.origin().parameters().handling().verp();
            if (delimiters.isEmpty()) {
                return Map.of(sender, told);
            }
            var groups = new LinkedHashMap<Mailbox, List<Notice>>();
            for (var notice : told) {
                var path = Verp.path(message.origin().sender(), delimiters, notice.recipient().recipient().mailbox());
                groups.computeIfAbsent(path instanceof ReversePath.Sender(var own) ? own : sender,
                    _ -> new ArrayList<>()).add(notice);
            }
            return groups;
        }

        private void kept(List<Notice> told, Mailbox to, String rule, Instead instead, String why) {
            switch (instead) {
                case REPORT -> write(told, to, "sent", Optional.empty());
                case HOLD -> write(told, to, rule, Optional.of(rule));
                case DROP -> drop(told, rule, why);
            }
        }

        private void write(List<Notice> told, Mailbox to, String rule, Optional<String> heldBy) {
            var report = writer.write(new Report(message, told, to, now, heldBy));
            messages.add(report);
            tally.report(heldBy.isPresent() ? rule + " held" : rule);
            var whom = rule.equals(DOUBLE_BOUNCE) ? "to the postmaster" : "to the sender";
            history.add(new Event(now, "", "reported", whom + ", as " + report.id()
                + heldBy.map(by -> ", held by " + by).orElse("")));
            heldBy.ifPresent(by -> LOG.mail(message.id()).warn("report-held", "rule", by, "to", to, "as",
                report.id()));
        }

        private void drop(List<Notice> told, String rule, String why) {
            tally.report(rule + " dropped");
            history.add(new Event(now, "", "unreported", "by " + rule + ": " + why));
            LOG.mail(message.id()).warn("report-dropped", "rule", rule, "about", HumanText.addresses(told), "why", why);
        }
    }
}
