package org.posthorn.server.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.posthorn.server.spool.Event;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Spool;
import org.posthorn.server.spool.SpooledMessage;

/** How the queue looks, for people and for programs. */
final class QueuePages {

    private QueuePages() {
    }

    /** The word for a recipient's state. */
    enum State {
        PENDING, ROUTED, HELD, FAILED, UNREPORTED, DELIVERED, BOUNCED, DISCARDED;

        static State of(RecipientState state) {
            return switch (state) {
                case RecipientState.Pending _ -> PENDING;
                case RecipientState.Routed _ -> ROUTED;
                case RecipientState.Held _ -> HELD;
                case RecipientState.Failed _ -> FAILED;
                case RecipientState.Unreported _ -> UNREPORTED;
                case RecipientState.Delivered _ -> DELIVERED;
                case RecipientState.Bounced _ -> BOUNCED;
                case RecipientState.Discarded _ -> DISCARDED;
            };
        }

        static State named(String word) {
            return Stream.of(PENDING, ROUTED, HELD, FAILED, UNREPORTED).filter(state -> state.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new RequestException(400, "state: expected pending, routed, held, failed or"
                    + " unreported, found '" + word + "'"));
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static ObjectNode counts(Spool.Counts counts) {
        var json = Answer.object().put("pending", counts.pending()).put("routed", counts.routed())
            .put("held", counts.held());
        return counts.complete() ? json : json.put("counting", true);
    }

    /**
     * A page of the queue.
     *
     * @param next after which id to go on; empty when this is the end
     */
    static Answer list(List<SpooledMessage> messages, Optional<QueueId> next, Spool.Counts counts) {
        var json = Answer.object();
        var array = json.putArray("messages");
        var text = new StringBuilder();
        for (var message : messages) {
            array.add(json(message));
            text.append(text(message));
        }
        next.ifPresent(id -> json.put("next", id.toString()));
        json.set("recipients", counts(counts));
        if (messages.isEmpty() && next.isEmpty()) {
            text.append(counts.complete() && counts.pending() + counts.routed() + counts.held() == 0
                ? "the queue is empty\n"
                : "no message matches\n");
        }
        next.ifPresent(id -> text.append("more: --after ").append(id).append('\n'));
        return new Answer(200, text.toString(), json);
    }

    static Answer show(SpooledMessage message) {
        var origin = message.origin();
        return new Answer(200, text(message) + "    received by " + Answer.clean(origin.listener()) + " from "
            + Answer.clean(origin.remoteAddress()) + " (" + Answer.clean(origin.helo()) + ")"
            + (origin.user().isEmpty() ? "" : " as " + Answer.clean(origin.user())) + "\n", json(message));
    }

    static Answer trace(QueueId id, List<Event> history, Optional<SpooledMessage> message) {
        var json = Answer.object().put("id", id.toString());
        var events = json.putArray("events");
        var text = new StringBuilder();
        for (var event : history) {
            events.add(Answer.object().put("at", event.at().toString()).put("recipient", event.recipient())
                .put("what", event.what()).put("detail", event.detail()));
            text.append(Stream.of(event.at().toString(), event.what(), event.recipient(), event.detail())
                .filter(part -> !part.isEmpty()).map(Answer::clean).collect(Collectors.joining("  "))).append('\n');
        }
        var recipients = json.putArray("recipients");
        message.ifPresent(found -> {
            text.append("now:\n");
            for (var recipient : found.recipients()) {
                recipients.add(json(recipient));
                text.append(text(recipient));
            }
        });
        return new Answer(200, text.toString(), json);
    }

    /** Where the recipients of a message stand, in one line. */
    static String standing(SpooledMessage message) {
        var counts = message.recipients().stream().collect(Collectors.groupingBy(
            recipient -> State.of(recipient.state()), TreeMap::new, Collectors.counting()));
        return counts.entrySet().stream().map(entry -> entry.getValue() + " " + entry.getKey().word())
            .collect(Collectors.joining(", ")) + advice(counts.keySet());
    }

    private static String advice(Set<State> states) {
        if (states.contains(State.HELD)) {
            return "; held ones go on with 'queue release'";
        }
        return states.contains(State.ROUTED) || states.contains(State.PENDING)
            ? "; they are in hand at this moment, try again" : "";
    }

    private static String text(SpooledMessage message) {
        var sender = message.origin().sender().toString();
        var text = new StringBuilder(String.join("  ", message.id().toString(),
            message.origin().received().toString(), octets(message) + " octets",
            Answer.clean(sender.isEmpty() ? "<>" : sender))).append('\n');
        message.recipients().forEach(recipient -> text.append(text(recipient)));
        return text.toString();
    }

    private static String text(QueuedRecipient recipient) {
        return "    " + Answer.clean(recipient.recipient().mailbox() + "  " + State.of(recipient.state()).word() + "  "
            + describe(recipient.state()).strip()) + "\n";
    }

    private static String describe(RecipientState state) {
        return switch (state) {
            case RecipientState.Pending p -> "at " + p.processor() + ", due " + p.due() + attempts(p.attempts());
            case RecipientState.Routed r -> r.route().agent() + " " + r.route().nextHop() + ", due " + r.due()
                + attempts(r.attempts()) + (r.lastReply().isEmpty() ? "" : ", last reply: " + r.lastReply());
            case RecipientState.Held h -> "by " + h.name() + ", before: " + State.of(h.before()).word();
            case RecipientState.Failed f -> f.reply();
            case RecipientState.Unreported u -> u.reply();
            case RecipientState.Delivered d -> d.reply();
            case RecipientState.Bounced b -> b.reply();
            case RecipientState.Discarded d -> d.rule();
        };
    }

    private static String attempts(int attempts) {
        return attempts == 0 ? "" : ", attempts " + attempts;
    }

    private static long octets(SpooledMessage message) {
        return message.variants().isEmpty() ? 0 : message.variants().getFirst().content().octets();
    }

    private static ObjectNode json(SpooledMessage message) {
        var origin = message.origin();
        var json = Answer.object().put("id", message.id().toString()).put("sender", origin.sender().toString())
            .put("received", origin.received().toString()).put("octets", octets(message))
            .put("listener", origin.listener()).put("remoteAddress", origin.remoteAddress())
            .put("helo", origin.helo()).put("user", origin.user());
        var recipients = json.putArray("recipients");
        message.recipients().forEach(recipient -> recipients.add(json(recipient)));
        return json;
    }

    private static ObjectNode json(QueuedRecipient recipient) {
        var json = Answer.object().put("recipient", recipient.recipient().mailbox().toString())
            .put("number", recipient.number());
        return state(json, recipient.state());
    }

    private static ObjectNode state(ObjectNode json, RecipientState state) {
        json.put("state", State.of(state).word());
        return switch (state) {
            case RecipientState.Pending p -> json.put("processor", p.processor()).put("due", p.due().toString())
                .put("attempts", p.attempts()).put("released", p.released());
            case RecipientState.Routed r -> json.put("agent", r.route().agent()).put("nextHop", r.route().nextHop())
                .put("due", r.due().toString()).put("attempts", r.attempts()).put("lastReply", r.lastReply());
            case RecipientState.Held h -> {
                json.put("heldBy", h.name()).set("before", state(Answer.object(), h.before()));
                yield json;
            }
            case RecipientState.Failed f -> json.put("reply", f.reply());
            case RecipientState.Unreported u -> json.put("reply", u.reply()).put("host", u.host())
                .put("relayed", u.relayed());
            case RecipientState.Delivered d -> json.put("reply", d.reply());
            case RecipientState.Bounced b -> json.put("reply", b.reply());
            case RecipientState.Discarded d -> json.put("rule", d.rule());
        };
    }
}
