package org.posthorn.server.admin;

import jakarta.inject.Inject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.posthorn.server.delivery.Suspensions;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.Spool;
import org.posthorn.server.spool.SpooledMessage;
import org.posthorn.server.users.Names;

/** {@code /api/queue}, {@code /api/messages/ID/trace} and {@code /health}. Thread-safe. */
public final class QueueApi {

    private static final EventLog LOG = EventLog.of(QueueApi.class);
    private static final List<String> LIST = List.of("queue");
    private static final List<String> RETRY = List.of("queue", "retry");
    private static final int MOST_RESUMED = 1000;   // destinations that one release has tried again
    private static final List<String> RELEASE = List.of("queue", "release");
    private static final int PAGE = 256;            // messages read at once
    private static final int MOST_READ = 10_240;    // messages looked at for one answer; then --after
    private static final int LIMIT = 50;            // messages in an answer, unless more are asked for
    private static final int MOST = 1000;

    private final Spool spool;
    private final Suspensions suspensions;
    private final Retries retries;
    private final InstantSource clock;

    /** Makes it. */
    @Inject public QueueApi(Spool spool, Suspensions suspensions, Retries retries, InstantSource clock) {
        this.spool = spool;
        this.suspensions = suspensions;
        this.retries = retries;
        this.clock = clock;
    }

    Answer answer(Request request) {
        var segments = request.segments();
        var method = request.method();
        if (!(segments.equals(LIST) && method.equals("GET") || segments.equals(RETRY) || segments.equals(RELEASE))) {
            request.allow();
        }
        return switch (segments.getFirst()) {
            case "health" -> health();
            case "messages" -> {
                if (segments.size() != 3 || !segments.get(2).equals("trace") || !method.equals("GET")) {
                    throw new RequestException(404, "there is no " + request + "; there is GET /api/messages/ID/trace");
                }
                yield trace(id(segments.get(1)));
            }
            default -> switch (method + " " + segments.size()) {
                case "GET 1" -> list(request.allow("after", "limit", "recipient", "sender", "domain", "state",
                    "held"));
                case "GET 2" -> show(id(segments.get(1)));
                case "DELETE 2" -> remove(id(segments.get(1)));
                case "POST 2" -> segments.equals(RELEASE) ? releaseMany(request.allow("held"))
                    : retryMany(segments.get(1), request.allow("domain"));
                case "POST 3" -> operate(id(segments.get(1)), segments.get(2), request);
                default -> throw unknown(request);
            };
        };
    }

    private static RequestException unknown(Object request) {
        return new RequestException(404, "there is no " + request + "; there are GET /api/queue, GET and DELETE "
            + "/api/queue/ID, POST /api/queue/ID/retry, /hold and /release, and POST /api/queue/retry and "
            + "/api/queue/release");
    }

    private static QueueId id(String text) {
        try {
            return QueueId.parse(text);
        } catch (IllegalArgumentException e) {
            throw new RequestException(400, e.getMessage()
                + "; expected an id as 'queue list' and the server's 250 show it");
        }
    }

    private Answer health() {
        var counts = spool.counts();
        var json = Answer.object().put("status", "ok");
        json.set("recipients", QueuePages.counts(counts));
        return new Answer(200, "ok\n", json);
    }

    private Answer list(Request request) {
        var wanted = QueueFilter.of(request);
        var limit = request.number("limit", LIMIT, MOST);
        var after = request.optional("after").map(QueueApi::id);
        var found = new ArrayList<SpooledMessage>();
        var more = Optional.<QueueId>empty();
        for (var read = 0; ; ) {
            var page = spool.list(after, PAGE);
            read += page.size();
            for (var message : page) {
                var part = wanted.matching(message);
                if (part.isPresent() && found.size() == limit) {
                    return QueuePages.list(found, after, spool.counts());
                }
                part.ifPresent(found::add);
                after = Optional.of(message.id());
            }
            if (page.size() < PAGE || read >= MOST_READ) {
                more = page.size() < PAGE ? more : after;
                return QueuePages.list(found, more, spool.counts());
            }
        }
    }

    private SpooledMessage find(QueueId id) {
        return spool.find(id).orElseThrow(() -> new RequestException(404, "there is no message " + id
            + "; 'queue list' shows what waits, and settled ones are forgotten after a while"));
    }

    private Answer show(QueueId id) {
        return QueuePages.show(find(id));
    }

    private Answer trace(QueueId id) {
        var history = spool.history(id);
        var message = spool.find(id);
        if (history.isEmpty() && message.isEmpty()) {
            throw new RequestException(404, "nothing is known of message " + id
                + "; the history of settled messages is forgotten after a while");
        }
        return QueuePages.trace(id, history, message);
    }

    private Answer operate(QueueId id, String operation, Request request) {
        return switch (operation) {
            case "retry" -> moved(id, new Deed("retry", "made due now", "retried by operator"), this::retried);
            case "hold" -> moved(id, new Deed("hold", "held", "held by operator"), QueueApi::held);
            case "release" -> moved(id, new Deed("release", "released", "released by operator"),
                new Releases().of(find(id)));
            default -> throw unknown(request);
        };
    }

    private Answer remove(QueueId id) {
        return moved(id, new Deed("remove", "removed", "discarded by operator"),
            recipient -> recipient.state().isFinal() ? Optional.empty() : Optional.of(removed(recipient.state())));
    }

    /** Of what somebody has, the report alone is given up. */
    private static RecipientState removed(RecipientState state) {
        return switch (state) {
            case RecipientState.Unreported owed -> new RecipientState.Delivered(owed.reply());
            case RecipientState.Held(_, RecipientState.Unreported owed) -> new RecipientState.Delivered(owed.reply());
            case RecipientState _ -> new RecipientState.Discarded("removed by operator");
        };
    }

    /**
     * What an operator does.
     *
     * @param past for the answer
     * @param event for the history
     */
    private record Deed(String name, String past, String event) {
    }

    private Answer moved(QueueId id, Deed deed, Spool.Move moves) {
        var before = find(id);
        var count = spool.move(id, moves, deed.event());
        if (count == 0) {
            throw new RequestException(409, "nothing of message " + id + " could be " + deed.past() + ": "
                + QueuePages.standing(before));
        }
        LOG.mail(id).info("operator", "did", deed.name(), "recipients", count);
        return Answer.done(deed.past() + " " + count + (count == 1 ? " recipient" : " recipients") + " of " + id,
            Answer.object().put("done", deed.name()).put("id", id.toString()).put("recipients", count));
    }

    /** Due now; its destination, if that was given up for a while, is tried again too. */
    private Optional<RecipientState> retried(QueuedRecipient recipient) {
        return switch (recipient.state()) {
            case RecipientState.Pending p -> Optional.of(p.at(clock.instant()));
            case RecipientState.Routed r -> {
                var now = clock.instant();
                suspensions.lift(r.route(), recipient.recipient().mailbox().domain(), now);
                yield Optional.of(r.at(now));
            }
            case RecipientState.Failed f -> Optional.of(new RecipientState.Failed(f.reply(), clock.instant(),
                f.attempts()));
            case RecipientState.Unreported u -> Optional.of(new RecipientState.Unreported(u.reply(), u.host(),
                u.relayed(), clock.instant(), u.attempts()));
            case RecipientState.Held _, RecipientState.Delivered _, RecipientState.Bounced _,
                 RecipientState.Discarded _ -> Optional.empty();
        };
    }

    private static Optional<RecipientState> held(QueuedRecipient recipient) {
        var state = recipient.state();
        return state.isFinal() || state instanceof RecipientState.Held ? Optional.empty()
            : Optional.of(new RecipientState.Held("operator", state));
    }

    /** What one request releases: a destination that could not be reached is tried again for it, once. */
    private final class Releases {
        private final Instant now = clock.instant();
        private final Set<Route> resumed = new HashSet<>();

        /** What its sender asked to have released later goes on to wait for that (RFC 4865). */
        Spool.Move of(SpooledMessage message) {
            return recipient -> released(recipient, message.origin().parameters().handling().start(now));
        }

        private Optional<RecipientState> released(QueuedRecipient recipient, Instant due) {
            if (!(recipient.state() instanceof RecipientState.Held(_, var before))) {
                return Optional.empty();
            }
            return Optional.of(switch (before) {
                case RecipientState.Pending p -> new RecipientState.Pending(p.processor(), due, p.attempts(), true,
                    p.notices());
                case RecipientState.Routed r -> {
                    if (!due.isAfter(now) && resumed.size() < MOST_RESUMED && resumed.add(r.route())) {
                        suspensions.resume(r.route());
                    }
                    yield r.at(due);
                }
                case RecipientState.Held _, RecipientState.Failed _, RecipientState.Unreported _,
                     RecipientState.Delivered _, RecipientState.Bounced _, RecipientState.Discarded _ -> before;
            });
        }
    }

    private Answer retryMany(String operation, Request request) {
        if (!operation.equals("retry")) {
            throw unknown(request);
        }
        var domain = request.optional("domain").map(Names::domain);
        var came = retries.start(domain);
        return Answer.done(line(came, domain), Answer.object().put("done", "retry").put("domain", domain.orElse(""))
            .put("recipients", came.recipients()).put("left", came.left()).put("complete", came.complete()));
    }

    static String line(Retries.Progress came, Optional<String> domain) {
        var of = domain.map(name -> " of " + name).orElse("");
        if (!came.begun()) {
            return "another retry goes first; this one" + of + " follows in the background";
        }
        return (came.complete() ? "made due now: " : "being made due: ") + count(came.recipients()) + of
            + (came.complete() ? "" : " so far, and the rest in the background")
            + (came.left() == 0 ? "" : "; " + count(came.left()) + " left as they were: their destination cannot be "
                + "reached");
    }

    private static String count(int recipients) {
        return recipients + (recipients == 1 ? " recipient" : " recipients");
    }

    private Answer releaseMany(Request request) {
        var name = request.optional("held").orElseThrow(() -> new RequestException(400,
            "held=NAME must be given: under which name the mail is held, as 'queue list' shows it"));
        var count = each(recipient -> isHeld(name, recipient), new Releases()::of, "released by operator");
        LOG.info("operator", "did", "release", "held", name, "recipients", count);
        return Answer.done("released: " + count + (count == 1 ? " recipient" : " recipients") + " held as " + name,
            Answer.object().put("done", "release").put("held", name).put("recipients", count));
    }

    static boolean isHeld(String name, QueuedRecipient recipient) {
        return recipient.state() instanceof RecipientState.Held(var held, _) && held.equals(name);
    }

    /** Goes through the queue and moves the recipients that are meant. */
    private int each(Predicate<QueuedRecipient> which, Function<SpooledMessage, Spool.Move> moves, String event) {
        var count = 0;
        for (var after = Optional.<QueueId>empty();;) {
            var page = spool.list(after, PAGE);
            for (var message : page) {
                if (message.recipients().stream().anyMatch(which)) {
                    var move = moves.apply(message);
                    count += spool.move(message.id(), recipient -> which.test(recipient) ? move.next(recipient)
                        : Optional.empty(), event);
                }
            }
            if (page.size() < PAGE) {
                return count;
            }
            after = Optional.of(page.getLast().id());
        }
    }
}
