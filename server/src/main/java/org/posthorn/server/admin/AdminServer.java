package org.posthorn.server.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.posthorn.server.Service;
import org.posthorn.server.log.EventLog;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Serves the {@link Api} by HTTP on loopback, each request on a virtual thread. Every request carries the token
 * (RFC 6750 section 2.1). Answers are JSON, or text for {@code Accept: text/plain}.
 */
public final class AdminServer implements Service {

    /** Octets of a body that is too large: who is still writing when we close does not see our answer. */
    private static final int PASSED_OVER = 1 << 20;
    private static final EventLog LOG = EventLog.of(AdminServer.class);
    private static final String SCHEME = "Bearer ";
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);     // for requests in hand at the stop
    private static final Answer STOPPING = Answer.problem(503, "the server is stopping");

    private final AdminConfig config;
    private final AdminFiles files;
    private final Api api;
    private final SecureRandom random;
    private final Logger helidon = Logger.getLogger("io.helidon");    // held: the log manager holds loggers weakly
    private final ObjectMapper mapper = new ObjectMapper(JsonFactory.builder().streamReadConstraints(
        StreamReadConstraints.builder().maxNestingDepth(10).build()).build());
    private volatile Optional<WebServer> server = Optional.empty();
    private volatile byte[] token = new byte[0];
    private final Set<FutureTask<Answer>> inHand = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    /** A server that listens from {@link #start} on. */
    @Inject public AdminServer(AdminConfig config, Api api, SecureRandom random) {
        this.config = config;
        this.files = new AdminFiles(config.data());
        this.api = api;
        this.random = random;
    }

    @Override public void start() throws IOException {
        stopping = false;
        token = files.tokenOrNew(random).getBytes(StandardCharsets.UTF_8);
        quiet();
        var made = WebServer.builder().address(config.bind()).host(config.bind().getHostAddress()).port(config.port())
            .shutdownHook(false).maxPayloadSize(config.mostOctets() + PASSED_OVER).maxTcpConnections(100)
            .idleConnectionTimeout(Duration.ofMinutes(1)).shutdownGracePeriod(Duration.ofSeconds(1))
            .routing(routing -> routing.any(this::handle)).build();
        try {
            made.start();
            if (!made.isRunning() || made.port() <= 0) {
                throw new IOException("nothing listens there after the start");
            }
            files.publish(text(new InetSocketAddress(config.bind(), made.port())));
            server = Optional.of(made);
        } catch (IOException | RuntimeException e) {
            made.stop();
            throw new IOException("the administration cannot listen on " + text(new InetSocketAddress(config.bind(),
                config.port())) + ": " + e.getMessage() + "; is another server running there? conf/admin.xml <port> "
                + "names another port", e);
        }
        LOG.info("admin-listening", "at", text(address()));
    }

    @Override public void stop(Duration grace) {
        try {
            if (server.isPresent()) {
                files.withdraw();
            }
        } catch (IOException e) {
            LOG.warn("admin-address-not-removed", "why", e.getMessage());
        }
        stopping = true;
        awaitThoseInHand(grace);
        server.ifPresent(WebServer::stop);
        server = Optional.empty();
    }

    /** Where it listens, with the real port. Only while it runs. */
    public InetSocketAddress address() {
        return new InetSocketAddress(config.bind(),
            server.orElseThrow(() -> new IllegalStateException("the administration does not listen")).port());
    }

    private static String text(InetSocketAddress address) {
        var host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /** Helidon's log goes where ours goes, and only what an operator should look at. */
    private void quiet() {
        helidon.setUseParentHandlers(false);
        helidon.setLevel(Level.WARNING);
        for (var handler : helidon.getHandlers()) {
            helidon.removeHandler(handler);
        }
        helidon.addHandler(new SLF4JBridgeHandler());
    }

    private void handle(ServerRequest request, ServerResponse response) throws IOException {
        var answer = isAllowed(request) ? answer(request) : Answer.problem(401, "the request needs the header "
            + "'Authorization: Bearer TOKEN'; the token is in " + files.tokenFile());
        var asText = request.headers().first(HeaderNames.ACCEPT).map(accept -> accept.contains("text/plain"))
            .orElse(false);
        if (answer.status() == 401) {
            response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"posthorn\"");
        }
        response.status(answer.status());
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        response.header(HeaderNames.CONTENT_TYPE, asText ? "text/plain; charset=utf-8"
            : answer.isOk() ? "application/json" : "application/problem+json");
        response.send(asText ? answer.text().getBytes(StandardCharsets.UTF_8)
            : mapper.writeValueAsBytes(answer.json()));
    }

    private boolean isAllowed(ServerRequest request) {
        var given = request.headers().first(HeaderNames.AUTHORIZATION).orElse("");
        return given.regionMatches(true, 0, SCHEME, 0, SCHEME.length()) && MessageDigest.isEqual(token,
            given.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8));
    }

    private Answer answer(ServerRequest request) {
        var method = request.prologue().method().text();
        var path = request.path().path();
        try {
            return apart(new Request(method, path, values(request)));
        } catch (RequestException e) {
            return Answer.problem(e.status(), method + " " + path + ": " + e.getMessage());
        } catch (io.helidon.http.RequestException e) {
            throw e;    // what is wrong with the HTTP itself, Helidon answers, and ends the connection where it must
        } catch (RuntimeException e) {
            LOG.error("admin-failed", e, "method", method, "path", path);
            return Answer.problem(500, "the server made a mistake; its log says more");
        }
    }

    /**
     * On a thread of its own: Helidon interrupts its threads when it stops, and a database that is interrupted while it
     * reads or writes closes the connection, or more.
     */
    private Answer apart(Request request) {
        var work = new FutureTask<>(() -> api.answer(request));
        inHand.add(work);
        try {
            if (stopping) {
                inHand.remove(work);
                return STOPPING;
            }
            Thread.ofVirtual().name("posthorn-admin").start(() -> {
                work.run();
                inHand.remove(work);
            });
            return work.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return STOPPING;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException own ? own : new IllegalStateException(e.getCause());
        }
    }

    /** What requests in hand have of the grace. What takes longer goes on on its own thread; mail needs the rest. */
    static Duration shareOf(Duration grace) {
        var share = grace.dividedBy(4);
        return share.compareTo(LONGEST_WAIT) < 0 ? share : LONGEST_WAIT;
    }

    /** Within their share of the grace requests come to their end. */
    private void awaitThoseInHand(Duration grace) {
        var end = System.nanoTime() + shareOf(grace).toNanos();
        for (var work : inHand) {
            try {
                work.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                LOG.warn("admin-still-busy");
            } catch (ExecutionException e) {
                LOG.debug("admin-failed-at-the-end", "why", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** A password in a query would end in logs and histories, so it is taken from the body only. */
    private Map<String, String> values(ServerRequest request) {
        var values = new HashMap<String, String>();
        for (var name : request.query().names()) {
            if (name.equals("password")) {
                throw new RequestException(400, "a password is taken from the JSON body only");
            }
            values.put(name, request.query().first(name).orElse(""));
        }
        if (!request.content().hasEntity()) {
            return values;
        }
        try {
            var in = request.content().inputStream();
            var body = in.readNBytes((int) config.mostOctets() + 1);
            if (body.length > config.mostOctets()) {
                in.readNBytes(PASSED_OVER);
                throw new RequestException(413, "expected a body of at most " + config.mostOctets() + " octets");
            }
            var json = body.length == 0 ? Answer.object() : mapper.readTree(body);
            if (json == null || !json.isObject()) {
                throw new RequestException(400, "expected a JSON object");
            }
            for (var field : json.properties()) {
                if (!field.getValue().isTextual()) {
                    throw new RequestException(400, "expected text for '" + field.getKey() + "'");
                }
                values.put(field.getKey(), field.getValue().asText());
            }
            return values;
        } catch (JsonProcessingException e) {
            throw new RequestException(400, "the body is not JSON (" + e.getOriginalMessage() + ")");
        } catch (IOException e) {
            throw new RequestException(400, "the body cannot be read (" + e.getMessage() + ")");
        }
    }
}
