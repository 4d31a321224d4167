package org.posthorn.server.delivery.remote;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.server.delivery.Job;
import org.posthorn.server.delivery.Outcome;
import org.posthorn.server.spool.QueuedRecipient;

/** What is to be sent, and what came of it so far. Used by one thread. */
final class Load {

    private static final int LEAST_ADDRESSES = 2;

    final Job job;
    final Letter letter;
    final Map<Integer, Outcome> outcomes = new HashMap<>();
    final Deadline search;
    int tried;
    /** Whether a host may not have it, or not as it is spoken to. */
    boolean unmet;
    /** Whether an exchanger seems to be this server. */
    boolean cameToUs;
    /** Those that no host has decided on. */
    List<QueuedRecipient> left = List.of();

    Load(Job job, Deadline search) {
        this.job = job;
        this.letter = new Letter(job);
        this.search = search;
    }

    /** How those of them left that were delivered. */
    void left(List<QueuedRecipient> sent, String how) {
        for (var recipient : sent) {
            outcomes.computeIfPresent(recipient.number(), (_, outcome) ->
                outcome instanceof Outcome.Delivered delivered ? delivered.by(how) : outcome);
        }
    }

    /** Why the host takes nothing from us as we came, if it said so for all of them. */
    Optional<Outcome> unwelcome(List<QueuedRecipient> sent) {
        var all = sent.stream().map(recipient -> outcomes.get(recipient.number())).distinct().toList();
        return all.size() == 1 && all.getFirst() instanceof Outcome.Deferred deferred
            && deferred.scope() == Outcome.Scope.HOST ? Optional.of(deferred) : Optional.empty();
    }

    /** RFC 5321 section 5.1: two at least. */
    boolean mayTryAnother() {
        return tried < LEAST_ADDRESSES || !search.isOver();
    }

    /** REQUIRETLS asks for more than others do: that a host does not do for it says nothing of their mail. */
    void settle(Outcome outcome) {
        var own = letter.isSecret() && outcome instanceof Outcome.Deferred deferred
            ? deferred.concerning(Outcome.Scope.RECIPIENT) : outcome;
        for (var recipient : left) {
            outcomes.put(recipient.number(), own);
        }
    }
}
