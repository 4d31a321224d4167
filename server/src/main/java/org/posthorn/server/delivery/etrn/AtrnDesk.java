package org.posthorn.server.delivery.etrn;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import org.posthorn.protocols.atrn.QueueTurn;
import org.posthorn.protocols.etrn.QueueFlush;
import org.posthorn.server.delivery.remote.RemoteConfig;
import org.posthorn.server.log.EventLog;

/**
 * Gives an owner the mail of its domains over its own connection: makes what waits for them due, and from then on, as
 * long as the connection stands, {@link Turn} is the agent that delivers to them. Thread-safe.
 */
@Singleton
public final class AtrnDesk implements QueueTurn {

    private static final EventLog LOG = EventLog.of(AtrnDesk.class);
    private static final Result TOO_SOON = new Result.Refused("you asked a moment ago");

    private final Rights rights;
    private final Searches searches;
    private final Turns turns;
    private final RemoteConfig config;
    private final InstantSource clock;

    @Inject
    AtrnDesk(Rights rights, Searches searches, Turns turns, RemoteConfig config, InstantSource clock) {
        this.rights = rights;
        this.searches = searches;
        this.turns = turns;
        this.config = config;
        this.clock = clock;
    }

    @Override public Result ask(QueueFlush.Client client, List<String> domains) {
        var result = switch (rights.fetch(client.user(), domains)) {
            case Rights.Fetch.Refused(var reason) -> new Result.Refused(reason);
            case Rights.Fetch.Allowed allowed -> begin(client, allowed);
        };
        LOG.connection(client.connection()).info("atrn", "user", client.user(), "ip",
            client.address().getHostAddress(), "domains", domains.isEmpty() ? "all" : String.join(",", domains),
            "answer", words(result));
        return result;
    }

    private static String words(Result result) {
        return switch (result) {
            case Result.Ready _ -> "go";
            case Result.NoMail _ -> "no mail";
            case Result.Refused(var reason) -> "refused: " + reason;
            case Result.Unable _ -> "not now";
        };
    }

    private Result begin(QueueFlush.Client client, Rights.Fetch.Allowed whose) {
        if (searches.left(name(client)).isPositive()) {
            return TOO_SOON;    // before a turn takes mail that it would not send
        }
        var turn = new Turn(client, whose, turns, config, System::nanoTime);
        if (!turns.begin(turn)) {
            return new Result.Refused("this mail is being sent over another connection");
        }
        var ready = false;
        try {
            var result = search(client, turn);
            ready = result instanceof Result.Ready;
            return result;
        } finally {
            if (!ready) {
                turn.close();   // whatever went wrong: nobody else would end it
            }
        }
    }

    private static String name(QueueFlush.Client client) {
        return "ATRN " + client.user();
    }

    /** The turn has begun: what becomes due now must find no other way. */
    private Result search(QueueFlush.Client client, Turn turn) {
        return switch (searches.search(name(client), () -> { },
                waiting -> turn.covers(waiting.recipient().domain().toLowerCase(Locale.ROOT)), clock.instant())) {
            case Searches.Answer.Unable() -> new Result.Unable();
            case Searches.Answer.TooSoon() -> TOO_SOON;
            case Searches.Answer.Found(var found) when found.messages() == 0 -> new Result.NoMail();
            case Searches.Answer.Found(var found) -> {
                turn.expect(Math.max(1, found.made()));    // what is due already, or in hand, comes too
                yield new Result.Ready(turn);
            }
        };
    }
}
