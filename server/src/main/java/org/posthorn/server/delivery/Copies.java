package org.posthorn.server.delivery;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.smtp.Recipient.Notify;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.SpooledMessage;

/**
 * One copy for each mailbox: a message may name one several times, by itself and by aliases (RFC 5321 section 3.9). The
 * recipients stay as many as they are, each with its own DSN parameters, its history and its reply; only the transport
 * sees the first of each mailbox alone.
 *
 * @param all the job as it came
 * @param single the job that the agent gets
 * @param places for each recipient of {@code all}, which of {@code single} brings its copy
 */
record Copies(Job all, Job single, List<Integer> places) {

    /** Which recipients share a mailbox says the agent. */
    static Copies of(Job job, Function<Mailbox, Object> mailbox) {
        var recipients = job.recipients();
        if (recipients.size() == 1) {
            return new Copies(job, job, List.of(0));
        }
        var groups = new LinkedHashMap<Object, List<QueuedRecipient>>();
        var numbers = new LinkedHashMap<Object, Integer>();
        var places = new ArrayList<Integer>();
        for (var recipient : recipients) {
            var key = mailbox.apply(recipient.recipient().mailbox());
            numbers.putIfAbsent(key, numbers.size());
            places.add(numbers.get(key));
            groups.computeIfAbsent(key, _ -> new ArrayList<>()).add(recipient);
        }
        var single = groups.size() == recipients.size() ? job : new Job(new SpooledMessage(job.message().id(),
            job.message().origin(), job.message().variants(),
            groups.values().stream().map(Copies::together).toList()), job.route());
        return new Copies(job, single, List.copyOf(places));
    }

    /** The first of some, asking for all reports that any of them asks for. */
    private static QueuedRecipient together(List<QueuedRecipient> some) {
        var first = some.getFirst();
        var parameters = first.recipient();
        return new QueuedRecipient(first.number(), new Recipient(parameters.mailbox(),
            widest(some.stream().map(one -> one.recipient().notifyOn()).distinct().toList()),
            parameters.originalRecipient()), first.variant(), first.state());
    }

    /** Without NOTIFY failures are reported, and delays may be (RFC 3461 section 4.1). */
    private static Set<Notify> widest(List<Set<Notify>> wishes) {
        var loud = wishes.stream().filter(wish -> !wish.contains(Notify.NEVER)).toList();
        if (loud.size() < 2) {
            return loud.isEmpty() ? wishes.getFirst() : loud.getFirst();
        }
        var all = EnumSet.noneOf(Notify.class);
        loud.forEach(wish -> all.addAll(wish.isEmpty() ? EnumSet.of(Notify.FAILURE, Notify.DELAY) : wish));
        return all;
    }

    /** The outcomes of all, from those of the single ones. */
    List<Outcome> outcomes(List<Outcome> ofSingle) {
        if (single.equals(all)) {
            return ofSingle;
        }
        var outcomes = new ArrayList<Outcome>();
        for (var i = 0; i < places.size(); i++) {
            var outcome = ofSingle.get(places.get(i));
            var bringer = single.recipients().get(places.get(i));
            outcomes.add(bringer.number() != all.recipients().get(i).number()
                && outcome instanceof Outcome.Delivered(var reply, var host, var handover, var how)
                ? new Outcome.Delivered(shared(reply, bringer), host, handover, how) : outcome);
        }
        return outcomes;
    }

    private static Reply shared(Reply reply, QueuedRecipient bringer) {
        return new Reply(reply.code(), reply.status(), List.of("In one copy with recipient " + bringer.number() + ", "
            + bringer.recipient().mailbox().toString().replaceAll("[^ -~]", "?") + ": "
            + String.join(" / ", reply.lines())));
    }
}
