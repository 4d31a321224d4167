package org.posthorn.server.pipeline;

import jakarta.mail.MessagingException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Attribute;
import org.apache.mailet.Mail;
import org.posthorn.mailets.port.Stage;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.smtp.Handling;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.bounce.Notice;
import org.posthorn.server.chain.Addresses;
import org.posthorn.server.chain.AttributesText;
import org.posthorn.server.chain.ChainException;
import org.posthorn.server.chain.Ending;
import org.posthorn.server.chain.Fate;
import org.posthorn.server.chain.Lineage;
import org.posthorn.server.chain.MailFacts;
import org.posthorn.server.chain.MailMessage;
import org.posthorn.server.chain.NewForms;
import org.posthorn.server.chain.PosthornMail;
import org.posthorn.server.chain.SentMail;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.spool.Change;
import org.posthorn.server.spool.Event;
import org.posthorn.server.spool.NewMessage;
import org.posthorn.server.spool.NewRecipient;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Settlement;
import org.posthorn.server.spool.SpooledMessage;

/**
 * One claim on its way through the processors, and the one change that comes of it.
 *
 * <p>A mail that is tried again, or held, begins its processor anew later, with the message as it was: only what
 * {@code RecipientRewriteTable} did is remembered. A changed message is stored when it is routed.
 */
final class Round implements AutoCloseable {

    private static final EventLog LOG = EventLog.of(Round.class);
    private static final int NO_NUMBER = -1;     // a report looks at the form alone
    private static final Reply FAULT = Reply.of(451, "4.3.0", "A fault of ours, try again later");
    private static final String EXPANDED = "250 2.1.5 Goes on to all for whom it stands";
    private static final String SENT_ON = "250 2.0.0 Taken, and sent on in a new message";

    private final Tools tools;
    private final SpooledMessage claimed;
    private final Instant now;
    private final NewForms forms;
    private final List<NewForms> sentForms = new ArrayList<>();
    private final Map<Integer, QueuedRecipient> moved = new TreeMap<>();
    private final Map<Recipient, NewRecipient> added = new LinkedHashMap<>();
    private final List<Notice> notices = new ArrayList<>();
    private final List<NewMessage> accepted = new ArrayList<>();
    private final List<Event> history = new ArrayList<>();
    /** What LMTP clients are to hear that wait. */
    private final Map<Integer, Reply> toClient = new HashMap<>();
    private final Rewritings rewritings = new Rewritings();
    private final Set<Integer> followed = new HashSet<>();
    private final Set<Integer> released = new HashSet<>();     // others have their mail too: ours, whatever comes
    private final Set<PosthornMail> mails = Collections.newSetFromMap(new IdentityHashMap<>());

    Round(Tools tools, SpooledMessage claimed) {
        this.tools = tools;
        this.claimed = claimed;
        this.now = tools.clock().instant();
        this.forms = new NewForms(tools.spool(), claimed.variants().size());
    }

    /** Recipients that are led through together. */
    private record Group(int variant, String processor, int attempts, boolean released) {

        /** By hand: the key of a map, made for each recipient, and a record's own takes 11,000 cycles. */
        @Override public int hashCode() {
            return 31 * (31 * variant + attempts) + processor.hashCode();
        }

        @Override public boolean equals(Object other) {
            return other instanceof Group group && variant == group.variant && attempts == group.attempts
                && released == group.released && processor.equals(group.processor);
        }
    }

    /** Runs the mail through the chain and says what is to become durable. */
    Change run() {
        var groups = new LinkedHashMap<Group, List<QueuedRecipient>>();
        for (var recipient : claimed.recipients()) {
            switch (recipient.state()) {
                case RecipientState.Failed(var reply, _, _) -> fail(recipient, reply, "as " + reply);
                case RecipientState.Pending(var processor, _, var attempts, var released, _) ->
                    groups.computeIfAbsent(new Group(recipient.variant(), processor, attempts, released),
                        _ -> new ArrayList<>()).add(recipient);
                case RecipientState.Unreported(var reply, var host, var relayed, _, _) -> {
                    notices.add(Notice.of(relayed ? Notice.Action.RELAYED : Notice.Action.DELIVERED, recipient, reply,
                        host));
                    move(recipient, recipient.variant(), new RecipientState.Delivered(reply));
                }
                case RecipientState.Routed _, RecipientState.Held _,
                     RecipientState.Delivered _, RecipientState.Bounced _, RecipientState.Discarded _ ->
                    throw new IllegalStateException("not for the pipeline: " + recipient);
            }
        }
        groups.forEach(this::lead);
        if (!rewritings.isEmpty()) {
            moved.values().forEach(this::follow);
        }
        report(notices);
        return new Change(accepted, List.of(new Settlement(claimed.id(), forms.made(), List.copyOf(moved.values()),
            List.copyOf(added.values()), history)));
    }

    private void report(List<Notice> all) {
        if (!all.isEmpty()) {
            var reports = tools.reporter().report(claimed, all);
            accepted.addAll(reports.messages());
            history.addAll(reports.history());
        }
    }

    /** What was rewritten into one other goes on to be awaited there. */
    private void follow(QueuedRecipient recipient) {
        Addresses.james(recipient.recipient().mailbox()).flatMap(rewritings::end)
            .flatMap(end -> Optional.ofNullable(added.get(Lineage.child(recipient.recipient(), end)))
                .or(() -> Optional.ofNullable(added.get(Recipient.of(Addresses.mailbox(end))))))
            .filter(to -> !(to.state() instanceof RecipientState.Held || to.state().isFinal()))
            .ifPresent(to -> {
                followed.add(recipient.number());
                tools.awaited().follow(claimed.id(), recipient, to.recipient());
            });
    }

    /** An address that was named twice with different DSN parameters is led through for each of them. */
    private void lead(Group group, List<QueuedRecipient> recipients) {
        var queued = new LinkedHashMap<MailAddress, List<QueuedRecipient>>();
        var envelope = new LinkedHashMap<MailAddress, Recipient>();
        var again = new ArrayList<QueuedRecipient>();
        for (var recipient : recipients) {
            var address = Addresses.james(recipient.recipient().mailbox());
            if (address.isEmpty()) {
                fail(recipient, "553 5.1.3 This recipient address cannot be handled here", "no mailet can handle it");
            } else if (isLike(envelope.computeIfAbsent(address.get(), _ -> recipient.recipient()), recipient)) {
                queued.computeIfAbsent(address.get(), _ -> new ArrayList<>()).add(recipient);
            } else {
                again.add(recipient);
            }
        }
        if (!queued.isEmpty()) {
            lead(group, again.isEmpty() ? recipients
                : recipients.stream().filter(recipient -> !again.contains(recipient)).toList(), queued, envelope);
        }
        if (!again.isEmpty()) {
            lead(group, again);
        }
    }

    private static boolean isLike(Recipient first, QueuedRecipient other) {
        return first.notifyOn().equals(other.recipient().notifyOn())
            && first.originalRecipient().equals(other.recipient().originalRecipient());
    }

    private void lead(Group group, List<QueuedRecipient> recipients, Map<MailAddress, List<QueuedRecipient>> queued,
                      Map<MailAddress, Recipient> envelope) {
        var before = new Marks(new TreeMap<>(moved), new LinkedHashMap<>(added), List.copyOf(notices),
            List.copyOf(accepted), List.copyOf(history));
        var cause = Optional.<Exception>empty();
        try {
            var mail = mail(group, envelope);
            var endings = tools.chains().with(chain -> chain.run(group.processor(), mail));
            for (var ending : endings) {
                mails.add(ending.mail());
                end(group, queued, ending);
            }
            sent(endings);
        } catch (MessagingException | IOException | RuntimeException e) {
            before.restore(this);   // all of the group or nothing: an alias must not go without its targets
            cause = Optional.of(e);
        }
        for (var recipient : recipients) {   // none may be forgotten, whatever a mailet did
            if (!moved.containsKey(recipient.number())) {
                fault(group, recipient,
                    cause.orElseGet(() -> new ChainException("the recipient was lost on the way")));
            }
        }
    }

    /** What was decided before a group was led. */
    private record Marks(Map<Integer, QueuedRecipient> moved, Map<Recipient, NewRecipient> added,
                         List<Notice> notices, List<NewMessage> accepted, List<Event> history) {

        void restore(Round round) {
            round.moved.keySet().retainAll(moved.keySet());
            round.added.keySet().retainAll(added.keySet());
            round.notices.subList(notices.size(), round.notices.size()).clear();
            round.accepted.subList(accepted.size(), round.accepted.size()).clear();
            round.history.subList(history.size(), round.history.size()).clear();
        }
    }

    private PosthornMail mail(Group group, Map<MailAddress, Recipient> envelope) throws IOException {
        var origin = claimed.origin();
        var sender = Addresses.james(origin.sender())
            .orElseThrow(() -> new ChainException("no mailet can handle the sender " + origin.sender()));
        var variant = claimed.variants().get(group.variant());
        var attributes = new ArrayList<Attribute>(AttributesText.read(variant.attributes()));
        attributes.addAll(MailFacts.ofClient(origin.listener(), origin.helo(), origin.user()));
        var facts = new MailFacts(claimed.id().toString(), sender, origin.remoteAddress(), Stage.ACCEPTED,
            group.released());
        return new PosthornMail(facts, envelope, Optional.of(MailMessage.of(variant.content())), attributes);
    }

    private void end(Group group, Map<MailAddress, List<QueuedRecipient>> queued, Ending ending)
        throws MessagingException {
        for (var address : ending.recipients()) {
            if (ending.fate() instanceof Fate.Replaced(var by)) {
                rewritings.note(address, by);
                if (by.size() > 1) {
                    for (var recipient : ending.mail().parameters(address)) {
                        succeeded(Notice.Action.EXPANDED, group, recipient, EXPANDED);
                    }
                }
            }
            if (ending.mail().isOriginal(address)) {
                for (var recipient : queued.getOrDefault(address, List.of())) {
                    if (!moved.containsKey(recipient.number())) {
                        if (ending.mail().isAccompanied(address)) {
                            tools.awaited().release(claimed.id(), recipient);
                            released.add(recipient.number());
                        }
                        settle(group, address, recipient, ending);
                    }
                }
            }
            if (!(ending.fate() instanceof Fate.Replaced)) {
                for (var recipient : ending.mail().derived(address)) {
                    if (!added.containsKey(recipient)) {
                        added.put(recipient, new NewRecipient(recipient, variant(group, address, ending),
                            state(group, recipient.mailbox(), ending)
                                .notices(Lineage.notices(recipient, queued.values()))));
                        if (ending.fate() instanceof Fate.SentOn) {
                            succeeded(Notice.Action.DELIVERED, group, recipient, SENT_ON);
                        }
                    }
                }
            }
        }
    }

    /**
     * Ends here: an alias of several, of which its sender hears but not of each of them (RFC 3461 section 5.2.7.3), or
     * what is sent on in a new message (section 5.2.7.1).
     */
    private void succeeded(Notice.Action how, Group group, Recipient recipient, String reply) {
        if (recipient.notifyOn().contains(Recipient.Notify.SUCCESS)) {
            notices.add(Notice.of(how, new QueuedRecipient(NO_NUMBER, recipient, group.variant(),
                new RecipientState.Delivered("")), reply, ""));
        }
    }

    private void settle(Group group, MailAddress address, QueuedRecipient recipient, Ending ending)
        throws MessagingException {
        if (ending.fate() instanceof Fate.SentOn) {
            succeeded(Notice.Action.DELIVERED, group, recipient.recipient(), SENT_ON);
        }
        switch (state(group, recipient.recipient().mailbox(), ending)) {
            case RecipientState.Failed(var reply, _, _) -> fail(recipient, reply, "by " + ending.rule());
            case RecipientState.Pending again -> wait(recipient, variant(group, address, ending),
                // What is tried again for a fault of ours no sender is told of: in the end it is held.
                again.attempts() > group.attempts() ? again : delayed(recipient, again, ending.fate()),
                ending.fate() instanceof Fate.Deferred(var reply) ? reply : FAULT);
            case RecipientState state -> move(recipient, variant(group, address, ending), state);
        }
    }

    /** Its sender is told of the delay when it is time (RFC 3461 section 5.2.5). */
    private RecipientState delayed(QueuedRecipient recipient, RecipientState again, Fate fate) {
        var told = recipient.state().notices();
        var due = tools.delays().due(claimed.origin(), recipient.recipient(), now);
        if (due <= told || tools.awaited().claims(claimed.id(), recipient)) {
            return again;
        }
        var reply = fate instanceof Fate.Deferred(var said) ? said : FAULT;
        notices.add(new Notice(Notice.Action.DELAYED, recipient, reply.toString(), Notice.Remote.NONE,
            Optional.of(began().plus(tools.config().giveUp()))));
        return again.notices(due);
    }

    /** To be led again later; unless an LMTP client waits, who is told and keeps it. */
    private void wait(QueuedRecipient recipient, int variant, RecipientState again, Reply reply) {
        if (tools.awaited().claims(claimed.id(), recipient)) {
            toClient.put(recipient.number(), reply);
            move(recipient, variant, new RecipientState.Discarded("left to the LMTP client, which was told " + reply));
        } else {
            move(recipient, variant, again);
        }
    }

    private void move(QueuedRecipient recipient, int variant, RecipientState state) {
        var told = recipient.state().notices();     // of which nobody is told again
        moved.put(recipient.number(), new QueuedRecipient(recipient.number(), recipient.recipient(), variant,
            state.notices() < told ? state.notices(told) : state));
    }

    private void fail(QueuedRecipient recipient, String reply, String why) {
        if (tools.awaited().claims(claimed.id(), recipient)) {
            toClient.put(recipient.number(), Reply.parse(reply));
        } else {
            notices.add(Notice.failed(recipient, reply, ""));
        }
        move(recipient, recipient.variant(), new RecipientState.Bounced(reply));
        note(recipient.recipient().mailbox(), "bounced", reply + " " + why);
    }

    /** The state that a fate leads to; it is written into the history here, unless it is a failure. */
    private RecipientState state(Group group, Mailbox who, Ending ending) {
        var rule = " by " + ending.rule();
        return switch (ending.fate()) {
            case Fate.Routed(var route) -> {
                note(who, "routed", (route.agent() + " " + route.nextHop()).strip() + rule);
                yield new RecipientState.Routed(route, now, 0, "");
            }
            case Fate.Rejected(var reply) -> new RecipientState.Failed(reply.toString());
            // A step failed and the error processor says: later. That is a fault of ours, which no sender is told of.
            case Fate.Deferred(var reply) -> ending.mail().getAttribute(Mail.MAILET_ERROR).isPresent()
                ? broken(group, who, new ChainException(ending.mail().getErrorMessage()), ending.rule())
                : defer(group, who, reply, rule);
            case Fate.Held(var name) -> {
                note(who, "held", "as " + name + rule);
                yield new RecipientState.Held(name, again(group, now, group.attempts()));
            }
            case Fate.Discarded _ -> {
                note(who, "discarded", rule.strip());
                yield new RecipientState.Discarded(ending.rule());
            }
            case Fate.SentOn _ -> {
                note(who, "delivered", "to who was sent it anew" + rule);
                yield new RecipientState.Delivered(SENT_ON);
            }
            case Fate.Replaced(var by) -> {
                var others = by.stream().map(Mailbox::toString).collect(Collectors.joining(", "));
                note(who, "rewritten", "to " + others + rule);
                yield new RecipientState.Delivered("250 2.1.5 goes on to " + others);
            }
            case Fate.Broken(var cause) -> broken(group, who, cause, ending.rule());
            // The check of the file leaves no way here; a mail is not lost where it overlooks one.
            case Fate.Undecided _, Fate.Accepted _, Fate.Disconnected _ -> broken(group, who,
                new ChainException("nothing was decided for " + who), ending.rule());
        };
    }

    /** When its way began: when it arrived, or was released. */
    private Instant began() {
        return claimed.origin().parameters().handling().start(claimed.origin().received());
    }

    private RecipientState defer(Group group, Mailbox who, Reply reply, String rule) {
        var by = claimed.origin().parameters().handling().by();
        if (by.filter(it -> it.returned() && !now.isBefore(it.at())).isPresent()) {
            return new RecipientState.Failed("554 5.4.7 Not delivered by the time that its sender named; last answer: "
                + reply);
        }
        if (now.isAfter(began().plus(tools.config().giveUp()))) {
            return new RecipientState.Failed("554 5.4.7 Deferred for too long: " + reply);
        }
        var next = tools.config().afterDeferral(now, began());
        var due = by.map(Handling.By::at).filter(at -> at.isAfter(now) && at.isBefore(next)).orElse(next);
        note(who, "deferred", reply + " until " + due + rule);
        return again(group, due, group.attempts());
    }

    private RecipientState broken(Group group, Mailbox who, Throwable cause, String rule) {
        var attempts = group.attempts() + 1;
        var last = attempts >= tools.config().faults();
        LOG.mail(claimed.id()).error(last ? "held-as-faulty" : "processing-failed", cause, "to", who, "rule", rule,
            "attempt", attempts);
        if (last) {
            note(who, "held", "as faulty, after " + attempts + " faults of ours: " + cause + " at " + rule);
            return new RecipientState.Held("faulty", again(group, now, 0));
        }
        var due = tools.config().afterFault(now, attempts);
        note(who, "deferred", "a fault of ours: " + cause + " at " + rule + ", until " + due);
        return again(group, due, attempts);
    }

    private void fault(Group group, QueuedRecipient recipient, Exception cause) {
        var state = broken(group, recipient.recipient().mailbox(), cause, "the pipeline");
        if (state instanceof RecipientState.Pending) {
            wait(recipient, recipient.variant(), state, FAULT);
        } else {
            move(recipient, recipient.variant(), state);
        }
    }

    private static RecipientState.Pending again(Group group, Instant due, int attempts) {
        return new RecipientState.Pending(group.processor(), due, attempts, group.released());
    }

    private int variant(Group group, MailAddress address, Ending ending) throws MessagingException {
        return switch (ending.fate()) {
            case Fate.Routed _ -> routedVariant(group, address, ending.mail());
            case Fate.Deferred _, Fate.Held _, Fate.Broken _, Fate.Undecided _, Fate.Accepted _, Fate.Disconnected _ ->
                waitingVariant(group, ending.mail());
            case Fate.Rejected _, Fate.Discarded _, Fate.SentOn _, Fate.Replaced _ -> group.variant();
        };
    }

    private int routedVariant(Group group, MailAddress address, PosthornMail mail) throws MessagingException {
        var content = mail.content().orElseThrow();
        var own = mail.headersFor(address);
        var sender = mail.senderFor(address);
        return own.isEmpty() && !content.isChanged() && sender.isEmpty() ? group.variant()
            : forms.number(content, own, mail.attributesText(), sender);
    }

    /** The message as it was, with the notes that outlast a wait: whom it was rewritten for, who its sender is. */
    private int waitingVariant(Group group, PosthornMail mail) throws MessagingException {
        var variant = claimed.variants().get(group.variant());
        var attributes = LastingNotes.of(variant, mail);
        return attributes.equals(variant.attributes()) ? group.variant()
            : forms.number(MailMessage.of(variant.content()), List.of(), attributes);
    }

    /** What mailets sent enters the spool, but not from a part that met a fault: it is sent when that is led again. */
    private void sent(List<Ending> endings) throws MessagingException {
        var done = Collections.<PosthornMail>newSetFromMap(new IdentityHashMap<>());
        endings.stream().filter(ending -> ending.fate() instanceof Fate.Broken)
            .forEach(ending -> done.add(ending.mail()));
        for (var ending : endings) {
            if (done.add(ending.mail())) {
                ending.mail().notes().forEach(line ->
                    note(Addresses.mailbox(line.recipient()), line.word(), line.detail()));
                for (var outgoing : ending.mail().sent()) {
                    accept(outgoing);
                }
                ending.mail().bounces().forEach(this::bounce);
            }
        }
    }

    private void accept(SentMail outgoing) throws MessagingException {
        var ownForms = new NewForms(tools.spool(), 0);
        sentForms.add(ownForms);
        var message = SentMessages.of(tools, now, claimed, outgoing, ownForms);
        accepted.add(message);
        history.add(new Event(now, "", "sent", "a mailet sent " + message.id() + " to " + outgoing.recipients().stream()
            .map(recipient -> recipient.mailbox().toString()).collect(Collectors.joining(", "))));
    }

    private void bounce(PosthornMail.BounceRequest request) {
        var text = request.text().replaceAll("[\\x00-\\x1f\\x7f]+", " ").strip();
        var reply = text.matches("5[0-9]{2} 5\\.[0-9]{1,3}\\.[0-9]{1,3} .+") ? text : "550 5.0.0 " + text;
        var about = claimed.recipients().stream().filter(recipient -> Addresses.james(recipient.recipient().mailbox())
            .filter(request.recipients()::contains).isPresent()).map(recipient -> Notice.failed(recipient, reply, ""));
        report(about.toList());
    }

    private void note(Mailbox who, String what, String detail) {
        history.add(new Event(now, who.toString(), what, detail));
    }

    /** Writes to the log what is durable now. */
    void told() {
        var log = LOG.mail(claimed.id());
        for (var event : history) {
            log.info(event.what(), "to", event.recipient(), "detail", event.detail());
        }
        for (var recipient : moved.values()) {
            if ((!(recipient.state() instanceof RecipientState.Routed) || released.contains(recipient.number()))
                && !followed.contains(recipient.number())) {
                tools.awaited().tell(claimed.id(), recipient,
                    toClient.getOrDefault(recipient.number(), Reply.of(250, "2.0.0", "Ok: " + claimed.id())));
            }
        }
    }

    @Override public void close() {
        mails.forEach(PosthornMail::release);
        forms.close();
        sentForms.forEach(NewForms::close);
    }
}
