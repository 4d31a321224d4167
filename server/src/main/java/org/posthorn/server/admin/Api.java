package org.posthorn.server.admin;

import jakarta.inject.Inject;
import org.posthorn.server.database.DatabaseException;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.spool.SpoolException;
import org.posthorn.server.users.DirectoryException;

/** All of the API: finds who answers a request, and makes answers of what goes wrong. Thread-safe. */
public final class Api {

    private static final EventLog LOG = EventLog.of(Api.class);

    private final DirectoryApi directory;
    private final QueueApi queue;
    private final FetchApi fetch;
    private final BounceApi bounces;

    /** Makes it. */
    @Inject public Api(DirectoryApi directory, QueueApi queue, FetchApi fetch, BounceApi bounces) {
        this.directory = directory;
        this.queue = queue;
        this.fetch = fetch;
        this.bounces = bounces;
    }

    /** Does what is asked for. Never throws. */
    public Answer answer(Request request) {
        return answer(request, () -> {
            var segments = request.segments();
            return switch (segments.isEmpty() ? "" : segments.getFirst()) {
                case "domains", "users", "aliases", "resolve" -> directory.answer(request);
                case "queue", "messages", "health" -> queue.answer(request);
                case "fetch" -> fetch.answer(request);
                case "bounces" -> bounces.answer(request);
                default -> throw new RequestException(404, "there is no " + request.path()
                    + "; there are /api/domains, /api/users, /api/aliases, /api/resolve, /api/queue, "
                    + "/api/messages, /api/bounces, /api/fetch and /health");
            };
        });
    }

    /** Turns the failures of the work into answers. */
    static Answer answer(Request request, Work work) {
        try {
            return work.run();
        } catch (RequestException e) {
            return Answer.problem(e.status(), e.getMessage());
        } catch (DirectoryException e) {
            return Answer.problem(switch (e.kind()) {
                case INVALID -> 400;
                case MISSING -> 404;
                case CONFLICT -> 409;
                case BUSY -> 503;
            }, e.getMessage());
        } catch (DatabaseException | SpoolException e) {
            LOG.error("admin-failed", e, "request", request);
            return Answer.problem(503, e.getMessage() + "; the server's log says more");
        }
    }

    /** What makes an answer. */
    @FunctionalInterface
    interface Work {
        Answer run();
    }
}
