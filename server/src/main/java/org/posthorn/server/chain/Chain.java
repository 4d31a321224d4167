package org.posthorn.server.chain;

import jakarta.mail.MessagingException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.posthorn.mailets.port.Answer;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.spool.Route;

/**
 * All processors of a processors file, checked and ready. Immutable; several threads may run mails through it.
 *
 * <p>Rules of James: a step's matcher names recipients; when it names some of them, the mail is split and both parts go
 * on by themselves. A mailet that changes the mail's state sends it to the processor of that name; {@code ghost} ends
 * it.
 */
public final class Chain {

    private static final EventLog LOG = EventLog.of(Chain.class);

    private final Map<String, Processor> processors;
    private final PosthornMailetContext context;
    private final Limits limits;
    private final Runnable destroy;

    /** A chain; {@code destroy} ends its mailets and matchers. */
    Chain(Collection<Processor> processors, PosthornMailetContext context, Limits limits, Runnable destroy) {
        var byName = new HashMap<String, Processor>();
        processors.forEach(processor -> byName.put(processor.name(), processor));
        this.processors = Map.copyOf(byName);
        this.context = context;
        this.limits = limits;
        this.destroy = destroy;
    }

    /**
     * What keeps a mail from going in circles.
     *
     * @param hops how many times a mail may change its processor
     * @param steps how many steps all parts of a mail may be led through in one run
     */
    public record Limits(int hops, int steps) {

        /** Far more than an honest policy needs. */
        public static final Limits DEFAULT = new Limits(100, 100_000);
    }

    /** Whether there is a processor of that name. */
    public boolean has(String processor) {
        return processors.containsKey(processor);
    }

    /**
     * Leads a mail through a processor and those that it is sent to.
     *
     * @return for each recipient, old and new, how it ended; never throws for what mailets do
     */
    public List<Ending> run(String processor, PosthornMail mail) {
        return context.with(mail, () -> new Run(mail).through(processor));
    }

    /** Ends all mailets and matchers. No mail may be in the chain. */
    void destroy() {
        destroy.run();
    }

    /** A part of the mail and where it goes on. */
    private record Place(PosthornMail mail, Processor processor, int step) {
    }

    /** One mail's way, with it in hand: most are never split, and are taken in hand once for all their steps. */
    private final class Run {

        private final PosthornMail whole;
        private final List<Ending> endings = new ArrayList<>();
        private final Deque<Place> open = new ArrayDeque<>();
        private int steps;

        Run(PosthornMail mail) {
            this.whole = mail;
        }

        List<Ending> through(String name) {
            enter(whole, name, "the beginning");
            while (!open.isEmpty()) {
                var place = open.pop();
                if (place.step == place.processor.steps().size()) {
                    end(place.mail, new Fate.Undecided(), place.processor.name() + " end");
                } else if (++steps > limits.steps()) {
                    end(place.mail, new Fate.Broken(new ChainException("the mail went through more than "
                        + limits.steps() + " steps")), place.processor.steps().get(place.step).rule());
                } else {
                    at(place, place.processor.steps().get(place.step));
                }
            }
            return List.copyOf(endings);
        }

        private void at(Place place, Step step) {
            List<MailAddress> matched;
            try {
                matched = place.mail == whole ? step.match(place.mail)
                    : context.with(place.mail, () -> step.match(place.mail));
            } catch (MessagingException | RuntimeException | LinkageError | StackOverflowError e) {
                switch (step.onMatch()) {
                    case OnException.NoMatch _, OnException.Ignore _ -> matched = List.of();
                    case OnException.MatchAll _ -> matched = List.copyOf(place.mail.getRecipients());
                    case OnException.Propagate _ -> {
                        end(place.mail, new Fate.Broken(e), step.rule());
                        return;
                    }
                    case OnException.Divert(var target) -> {
                        divert(place.mail, target, e, step);
                        return;
                    }
                }
                failed(place.mail, step, e);
            }
            var next = new Place(place.mail, place.processor, place.step + 1);
            if (matched.isEmpty()) {
                open.push(next);
            } else if (matched.size() == place.mail.getRecipients().size()) {
                serve(next, step);
            } else {
                split(next, step, matched);
            }
        }

        private void split(Place next, Step step, List<MailAddress> matched) {
            try {
                var part = next.mail.part(matched);
                next.mail.without(matched);
                open.push(next);
                serve(new Place(part, next.processor, next.step), step);
            } catch (MessagingException e) {
                end(next.mail, new Fate.Broken(e), step.rule());
            }
        }

        private void serve(Place next, Step step) {
            var mail = next.mail;
            var before = List.copyOf(mail.getRecipients());
            try {
                if (mail == whole) {
                    step.mailet().service(mail);
                } else {
                    context.with(mail, () -> {
                        step.mailet().service(mail);
                        return mail;
                    });
                }
            } catch (MessagingException | RuntimeException | LinkageError | StackOverflowError e) {
                switch (step.onMailet()) {
                    case OnException.Ignore _, OnException.NoMatch _, OnException.MatchAll _ -> failed(mail, step, e);
                    case OnException.Propagate _ -> {
                        departures(mail, before, step);
                        end(mail, new Fate.Broken(e), step.rule());
                        return;
                    }
                    case OnException.Divert(var target) -> {
                        departures(mail, before, step);
                        divert(mail, target, e, step);
                        return;
                    }
                }
            }
            departures(mail, before, step);
            after(next, step);
        }

        private void after(Place next, Step step) {
            var mail = next.mail;
            if (mail.getRecipients().isEmpty()) {
                end(mail, new Fate.Discarded(), step.rule());   // tells of what it sent; nobody is left
            } else if (mail.answer().isPresent()) {
                answered(mail, List.copyOf(mail.getRecipients()), mail.answer().get(), step);
            } else if (mail.getState().equals(Mail.GHOST)) {
                end(mail, new Fate.Discarded(), step.rule());
            } else if (!mail.getState().equals(next.processor.name())) {
                enter(mail, mail.getState(), step.rule());
            } else {
                open.push(next);
            }
        }

        /** Recipients that a mailet took out, and those that it put in. */
        private void departures(PosthornMail mail, List<MailAddress> before, Step step) {
            if (mail.hasOnly(before)) {
                return;
            }
            var known = mail.takeDepartures();
            for (var departure : known) {
                if (departure.fate().isPresent()) {
                    endings.add(new Ending(mail, List.of(departure.recipient()), departure.fate().get(), step.rule()));
                } else {
                    answered(mail, List.of(departure.recipient()), departure.answer(), step);
                }
            }
            var after = new LinkedHashSet<>(mail.getRecipients());
            var stayed = new HashSet<>(before);
            var told = known.stream().map(PosthornMail.Departure::recipient).collect(Collectors.toSet());
            var gone = before.stream().filter(one -> !after.contains(one) && !told.contains(one)).toList();
            var come = after.stream().filter(one -> !stayed.contains(one) && mail.derived(one).isEmpty()).toList();
            Map<MailAddress, List<Recipient>> parameters = new LinkedHashMap<>();
            come.forEach(one -> parameters.put(one, List.of(Recipient.of(Addresses.mailbox(one)))));
            if (gone.size() == 1 && come.size() == 1) {
                parameters.putAll(Lineage.of(mail, gone.getFirst(), come, true));
            }
            mail.derive(parameters);
            if (!gone.isEmpty()) {
                Fate fate = come.isEmpty() ? new Fate.Discarded()
                    : new Fate.Replaced(come.stream().map(Addresses::mailbox).toList());
                endings.add(new Ending(mail, gone, fate, step.rule()));
            }
        }

        private void answered(PosthornMail mail, List<MailAddress> recipients, Answer answer, Step step) {
            switch (answer) {
                case Answer.Accept _ -> add(mail, recipients, new Fate.Accepted(), step);
                case Answer.Reject(var reply) ->
                    add(mail, recipients, new Fate.Rejected(Reply.parse(reply.text())), step);
                case Answer.Defer(var reply) ->
                    add(mail, recipients, new Fate.Deferred(Reply.parse(reply.text())), step);
                case Answer.Disconnect(var reply) ->
                    add(mail, recipients, new Fate.Disconnected(Reply.parse(reply.text())), step);
                case Answer.Discard _ -> add(mail, recipients, new Fate.Discarded(), step);
                case Answer.SentOn _ -> add(mail, recipients, new Fate.SentOn(), step);
                case Answer.Hold(var name) -> add(mail, recipients, new Fate.Held(name), step);
                case Answer.Store(var name) -> add(mail, recipients, new Fate.Held(name), step);
                case Answer.Enter(var processor) -> leave(mail, recipients, processor, step);
                case Answer.Route(var agent, var nextHop) ->
                    add(mail, recipients, new Fate.Routed(new Route(agent, nextHop)), step);
                case Answer.RouteByDomain(var agent) -> {
                    Map<String, List<MailAddress>> byDomain = new LinkedHashMap<>();
                    recipients.forEach(recipient -> byDomain.computeIfAbsent(
                        Addresses.mailbox(recipient).domain(), _ -> new ArrayList<>()).add(recipient));
                    byDomain.forEach((domain, some) ->
                        add(mail, some, new Fate.Routed(new Route(agent, domain)), step));
                }
            }
        }

        /** Some recipients go another way, in a part of their own. */
        private void leave(PosthornMail mail, List<MailAddress> recipients, String processor, Step step) {
            try {
                enter(mail.part(recipients), processor, step.rule());
            } catch (MessagingException e) {
                add(mail, recipients, new Fate.Broken(e), step);
            }
        }

        private void add(PosthornMail mail, List<MailAddress> recipients, Fate fate, Step step) {
            endings.add(new Ending(mail, recipients, fate, step.rule()));
        }

        private void enter(PosthornMail mail, String name, String rule) {
            var processor = Optional.ofNullable(processors.get(name));
            mail.setState(name);
            if (processor.isEmpty()) {
                end(mail, new Fate.Broken(new ChainException("there is no processor '" + name + "'")), rule);
            } else if (mail.hop() > limits.hops()) {
                end(mail, new Fate.Broken(new ChainException("the mail changed its processor more than "
                    + limits.hops() + " times")), rule);
            } else {
                open.push(new Place(mail, processor.get(), 0));
            }
        }

        /** To the processor for errors; from there, or while the client waits, there is no such way. */
        private void divert(PosthornMail mail, String target, Throwable cause, Step step) {
            var waiting = mail.facts().stage().isInSession() && target.equals(Mail.ERROR);
            if (waiting || mail.getState().equals(target) || mail.getRecipients().isEmpty()) {
                end(mail, new Fate.Broken(cause), step.rule());
                return;
            }
            failed(mail, step, cause);
            mail.setErrorMessage(step.rule() + ": " + cause);
            mail.setAttribute(new Attribute(Mail.MAILET_ERROR, AttributeValue.ofUnserializable(cause)));
            enter(mail, target, step.rule());
        }

        private void end(PosthornMail mail, Fate fate, String rule) {
            endings.add(new Ending(mail, List.copyOf(mail.getRecipients()), fate, rule));
        }

        private void failed(PosthornMail mail, Step step, Throwable cause) {
            LOG.mail(mail.facts().name()).error("step-failed", cause, "rule", step.rule());
        }
    }
}
