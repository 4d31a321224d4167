package org.posthorn.server.policy;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.james.core.MailAddress;
import org.apache.james.core.MaybeSender;
import org.apache.mailet.Attribute;
import org.posthorn.mailets.port.Stage;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.Peer;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.smtp.Verdict;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.chain.Addresses;
import org.posthorn.server.chain.Ending;
import org.posthorn.server.chain.Fate;
import org.posthorn.server.chain.MailFacts;
import org.posthorn.server.chain.MailMessage;
import org.posthorn.server.chain.NewForms;
import org.posthorn.server.chain.PosthornMail;
import org.posthorn.server.spool.Draft;
import org.posthorn.server.spool.Event;
import org.posthorn.server.spool.NewRecipient;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.RecipientState;

/** What the processor {@code data} says to one message. */
final class DataDecision {

    private final Policies.Tools tools;
    private final Peer peer;
    private final Envelope envelope;
    private final QueueId id;
    private final Map<Integer, ProcessorPolicy.Decision> earlier;
    private final Map<Integer, Ending> endings = new TreeMap<>();

    /** A message's decision; {@code earlier} is what {@code rcpt} said, by place in the envelope. */
    DataDecision(Policies.Tools tools, Peer peer, Envelope envelope, QueueId id,
                 Map<Integer, ProcessorPolicy.Decision> earlier) {
        this.tools = tools;
        this.peer = peer;
        this.envelope = envelope;
        this.id = id;
        this.earlier = earlier;
    }

    DataVerdict decide(Draft message, Collection<Attribute> facts, MaybeSender sender) {
        var places = new LinkedHashMap<MailAddress, List<Integer>>();
        var recipients = new LinkedHashMap<MailAddress, Recipient>();
        for (var place = 0; place < envelope.recipients().size(); place++) {
            var recipient = envelope.recipients().get(place);
            var address = rcpt(place).address();
            places.computeIfAbsent(address, _ -> new ArrayList<>()).add(place);
            if (!(rcpt(place).fate() instanceof Fate.Discarded)) {
                recipients.putIfAbsent(address, recipient);
            }
        }
        var mail = new PosthornMail(new MailFacts(id.toString(), sender, ProcessorPolicy.remote(peer), Stage.DATA,
            false), recipients, Optional.of(MailMessage.of(message)), facts);
        for (var ending : run(mail, recipients.isEmpty())) {
            for (var recipient : ending.recipients()) {
                places.getOrDefault(recipient, List.of()).forEach(place -> endings.putIfAbsent(place, ending));
            }
        }
        var nobody = new Ending(mail, List.of(), new Fate.Undecided(), "");
        for (var place = 0; place < envelope.recipients().size(); place++) {
            endings.putIfAbsent(place, nobody);
        }
        try {
            var refusal = refusal();
            return refusal.isPresent() ? new DataVerdict.Refuse(refusal.get()) : take(message);
        } finally {
            for (var ending : endings.values()) {
                ending.mail().release();
            }
        }
    }

    private List<Ending> run(PosthornMail mail, boolean nobody) {
        return tools.chains().with(chain -> nobody || !chain.has("data")
            ? List.of(new Ending(mail, List.copyOf(mail.getRecipients()), new Fate.Undecided(), "data end"))
            : chain.run("data", mail));
    }

    private ProcessorPolicy.Decision rcpt(int place) {
        var known = Optional.ofNullable(earlier.get(place));
        return known.isPresent() ? known.get() : new ProcessorPolicy.Decision(
            Addresses.james(envelope.recipients().get(place).mailbox()).orElseThrow(), new Fate.Undecided(), "rcpt end",
            "none");
    }

    /**
     * The one reply that refuses all of it. SMTP has one reply for all recipients: a fault or a deferral of one makes
     * the client come again with the whole message, so that nobody gets it twice. LMTP has a reply for each.
     */
    private Optional<Verdict> refusal() {
        if (!isAnyRefused()) {
            return Optional.empty();
        }
        var lmtp = peer.greeting() == Peer.Greeting.LHLO;
        var refusals = endings.values().stream().filter(ending -> refused(ending.fate()).isPresent()).toList();
        var hangUp = refusals.stream().filter(ending -> ending.fate() instanceof Fate.Disconnected).findFirst();
        var later = refusals.stream().filter(ending -> refused(ending.fate()).orElseThrow().isTransient()).findFirst();
        var chosen = hangUp.or(() -> !lmtp && later.isPresent() ? later
            : refusals.size() == endings.size() && !lmtp ? refusals.stream().findFirst() : Optional.empty());
        return chosen.map(ending -> ProcessorPolicy.refusal(asked(
            ending.recipients().stream().map(MailAddress::asString).collect(Collectors.joining(","))), ending));
    }

    private boolean isAnyRefused() {
        for (var ending : endings.values()) {
            if (refused(ending.fate()).isPresent()) {
                return true;
            }
        }
        return false;
    }

    private ProcessorPolicy.Asked asked(String recipients) {
        return new ProcessorPolicy.Asked(peer, "data", envelope.sender().toString(), recipients, "");
    }

    private static Optional<Reply> refused(Fate fate) {
        return switch (fate) {
            case Fate.Rejected(var reply) -> Optional.of(reply);
            case Fate.Deferred(var reply) -> Optional.of(reply);
            case Fate.Disconnected(var reply) -> Optional.of(reply);
            // A route means nothing before the 250, and other recipients must not be made before it.
            case Fate.Broken _, Fate.Routed _, Fate.SentOn _, Fate.Replaced _ -> Optional.of(ProcessorPolicy.FAULT);
            case Fate.Accepted _, Fate.Undecided _, Fate.Held _, Fate.Discarded _ -> Optional.empty();
        };
    }

    private DataVerdict take(Draft message) {
        var now = tools.clock().instant();
        var forms = new NewForms(tools.spool(), 0);
        var recipients = new ArrayList<NewRecipient>();
        var replies = new HashMap<Integer, Reply>();
        var accepted = new ArrayList<Event>();
        var history = new ArrayList<Event>();
        try {
            for (var entry : endings.entrySet()) {
                var place = entry.getKey();
                var ending = entry.getValue();
                var recipient = envelope.recipients().get(place);
                var who = recipient.mailbox().toString();
                var pending = new RecipientState.Pending(org.apache.mailet.Mail.DEFAULT, now, 0, false);
                var asBefore = ending.fate() instanceof Fate.Accepted || ending.fate() instanceof Fate.Undecided;
                var fate = asBefore ? rcpt(place).fate() : ending.fate();
                var rule = asBefore ? rcpt(place).rule() : ending.rule();
                RecipientState state = switch (fate) {
                    case Fate.Held(var name) -> {
                        history.add(new Event(now, who, "held", "as " + name + " by " + rule));
                        yield new RecipientState.Held(name, pending);
                    }
                    case Fate.Discarded _ -> {
                        history.add(new Event(now, who, "discarded", "by " + rule));
                        yield new RecipientState.Discarded(rule);
                    }
                    case Fate.Accepted _, Fate.Undecided _ -> {
                        accepted.add(new Event(now, who, "accepted", "by " + rule + ", as "
                            + rcpt(place).relay()));
                        yield pending;
                    }
                    case Fate.Rejected _, Fate.Deferred _, Fate.Disconnected _, Fate.Broken _, Fate.Routed _,
                         Fate.SentOn _, Fate.Replaced _ -> {
                        var reply = refused(fate).orElseThrow();
                        replies.put(place, reply);
                        history.add(new Event(now, who, "refused", reply + " by " + rule));
                        ProcessorPolicy.refusal(asked(who), ending);   // for the log
                        yield new RecipientState.Failed(reply.toString());
                    }
                };
                recipients.add(new NewRecipient(recipient, form(forms, message, ending.mail()), state));
            }
        } catch (MessagingException | RuntimeException e) {
            forms.close();
            throw new IllegalStateException("the message's forms cannot be kept", e);
        }
        history.addAll(0, accepted);
        return new DataVerdict.Take(forms.made(), recipients, replies, history);
    }

    /** The number of the form that a part's recipients get: the draft itself where nothing was changed. */
    private static int form(NewForms forms, Draft message, PosthornMail mail) throws MessagingException {
        mail.writeResults();   // what was first asked about the sender now
        var content = mail.content().orElseThrow();
        var attributes = mail.attributesText();
        return content.isChanged() || !forms.made().isEmpty()
            ? forms.number(content, List.of(), attributes) : forms.number(message, content, attributes);
    }
}
