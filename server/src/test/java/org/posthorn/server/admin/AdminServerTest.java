package org.posthorn.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.mailets.port.HostPort;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.smtp.Handling;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.bounce.Tally;
import org.posthorn.server.delivery.Reachability;
import org.posthorn.server.delivery.RecordingSuspensions;
import org.posthorn.server.delivery.Suspensions;
import org.posthorn.server.fetch.Errand;
import org.posthorn.server.fetch.Report;
import org.posthorn.server.fetch.Security;
import org.posthorn.server.spool.Change;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.NewMessage;
import org.posthorn.server.spool.Origin;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.TestClock;
import org.posthorn.server.spool.TestMessages;
import org.posthorn.server.users.MemoryDirectory;

class AdminServerTest {

    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir private Path data;
    private final TestClock clock = new TestClock();
    private final MemoryDirectory directory = new MemoryDirectory();
    private final InMemorySpool spool = new InMemorySpool(clock);
    private HttpClient client = HttpClient.newHttpClient();
    private final ObjectMapper mapper = new ObjectMapper();
    private final List<Errand> errands = new java.util.ArrayList<>();
    private Report report = new Report.Failed("nobody was asked");
    private AdminServer server;

    private final RecordingSuspensions suspensions = new RecordingSuspensions();
    private volatile Reachability.State state = Reachability.State.OPEN;

    @BeforeEach void start() throws IOException {
        server = server(0);
        server.start();
    }

    @AfterEach void stop() {
        server.stop(Duration.ZERO);
        client.close();
    }

    private AdminServer server(int port) {
        return server(port, suspensions);
    }

    private AdminServer server(int port, Suspensions suspensions) {
        var config = new AdminConfig(InetAddress.ofLiteral("127.0.0.1"), port, data);
        return new AdminServer(config, new Api(new DirectoryApi(directory), new QueueApi(spool, suspensions,
            new Retries(spool, suspensions, route -> state, clock), clock),
            new FetchApi(errand -> {
                errands.add(errand);
                return report;
            }), new BounceApi(new Tally())),
            new SecureRandom());
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://" + address() + path))
            .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        for (var i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private String address() throws IOException {
        return new AdminFiles(data).address().orElseThrow();
    }

    private String bearer() throws IOException {
        return "Bearer " + new AdminFiles(data).token().orElseThrow();
    }

    private JsonNode json(int status, String method, String path, String body) throws Exception {
        var response = send(method, path, body, "Authorization", bearer());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("application/");
        return mapper.readTree(response.body());
    }

    private String text(int status, String method, String path, String body) throws Exception {
        var response = send(method, path, body, "Authorization", bearer(), "Accept", "text/plain");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
        return response.body();
    }

    private String routed(String... localParts) {
        var message = TestMessages.message(spool, clock.instant(), "Subject: x\r\n\r\nx\r\n",
            TestMessages.toExampleNet(clock.instant().plus(HOUR), 2, "451 4.7.1 later\u001b[31m"), localParts);
        spool.commit(Change.accept(message));
        return message.id().toString();
    }

    @ParameterizedTest @ValueSource(strings = {"", "Bearer ", "Bearer wrong", "Basic YTpi"})
    void withoutTheTokenNothingIsAnswered(String authorization) throws Exception {
        for (var path : List.of("/health", "/api/users", "/api/queue", "/nothing")) {
            var response = authorization.isEmpty() ? send("GET", path, "")
                : send("GET", path, "", "Authorization", authorization);
            assertThat(response.statusCode()).isEqualTo(401);
            assertThat(response.headers().firstValue("WWW-Authenticate").orElse("")).startsWith("Bearer");
            assertThat(response.body()).contains("admin.token");
        }
        directory.addDomain("example.org");
        assertThat(send("DELETE", "/api/domains?domain=example.org", "").statusCode()).isEqualTo(401);
        assertThat(directory.domains()).containsExactly("example.org");
    }

    @Test void theTokenIsMadeOnceAndOnlyTheOwnerCanReadIt() throws Exception {
        var token = bearer();
        assertThat(token).hasSize("Bearer ".length() + 43);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("admin.token"))))
            .isEqualTo("rw-------");
        server.stop(Duration.ZERO);
        assertThat(data.resolve("admin.address")).doesNotExist();
        server.start();
        assertThat(bearer()).isEqualTo(token);
        assertThat(address()).isEqualTo("127.0.0.1:" + server.address().getPort());
    }

    @Test void aTokenThatOthersCanReadIsRefused() throws Exception {
        server.stop(Duration.ZERO);
        Files.setPosixFilePermissions(data.resolve("admin.token"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThatIOException().isThrownBy(server::start).withMessageContaining("chmod 600");
        Files.setPosixFilePermissions(data.resolve("admin.token"), PosixFilePermissions.fromString("rw-------"));
        Files.writeString(data.resolve("admin.token"), "short");
        assertThatIOException().isThrownBy(server::start).withMessageContaining("delete it");
    }

    @Test void aTakenPortIsToldInOneLine() throws Exception {
        var second = server(server.address().getPort());
        assertThatIOException().isThrownBy(second::start)
            .satisfies(e -> assertThat(e.getMessage()).contains("admin.xml").doesNotContain("\n"));
        assertThat(text(200, "GET", "/health", "")).isEqualTo("ok\n");
        assertThat(address()).isEqualTo("127.0.0.1:" + server.address().getPort());
    }

    @Test void onlyLoopbackIsServed() {
        assertThatExceptionOfType(IllegalArgumentException.class)
            .isThrownBy(() -> new AdminConfig(InetAddress.ofLiteral("192.0.2.1"), 0, data));
    }

    @Test void startAndRequestsAreQuietOnStandardOutput() throws Exception {
        var out = System.out;
        var err = System.err;
        var written = new ByteArrayOutputStream();
        try (var capture = new PrintStream(written, true, StandardCharsets.UTF_8)) {
            System.setOut(capture);
            System.setErr(capture);
            server.stop(Duration.ZERO);
            server.start();
            text(200, "GET", "/health", "");
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        // Our own log lines are the log configuration's affair.
        assertThat(written.toString(StandardCharsets.UTF_8).lines().filter(line -> !line.contains("event=")))
            .isEmpty();
    }

    @Test void domainsComeAndGo() throws Exception {
        assertThat(text(200, "GET", "/api/domains", "")).isEmpty();
        assertThat(json(200, "POST", "/api/domains", "{\"domain\":\"Example.org\"}").get("domain").asText())
            .isEqualTo("example.org");
        assertThat(text(409, "POST", "/api/domains", "{\"domain\":\"example.org\"}")).contains("already");
        assertThat(text(200, "GET", "/api/domains", "")).isEqualTo("example.org\n");
        assertThat(json(200, "GET", "/api/domains", "").toString())
            .isEqualTo("{\"domains\":[{\"domain\":\"example.org\"}]}");
        assertThat(text(200, "DELETE", "/api/domains?domain=example.org", ""))
            .isEqualTo("removed domain example.org\n");
        assertThat(json(404, "DELETE", "/api/domains?domain=example.org", "").get("detail").asText())
            .contains("there is no domain");
    }

    @Test void usersComeAndGoAndTheirPasswordsAreNeverShown() throws Exception {
        directory.addDomain("example.org");
        assertThat(text(200, "POST", "/api/users", "{\"user\":\"ann@example.org\",\"password\":\"s3cret\"}"))
            .isEqualTo("added user ann@example.org\n");
        assertThat(directory.password(new Mailbox("ann", "example.org"))).contains("s3cret");
        json(200, "POST", "/api/users", "{\"user\":\"b+%@example.org\"}");
        assertThat(text(200, "PUT", "/api/users/password", "{\"user\":\"ann@example.org\",\"password\":\"other\"}"))
            .contains("ann@example.org").doesNotContain("other");
        assertThat(directory.password(new Mailbox("ann", "example.org"))).contains("other");
        assertThat(text(200, "GET", "/api/users", "")).isEqualTo("ann@example.org\nb+%@example.org\n");
        assertThat(text(200, "GET", "/api/users?domain=far.example", "")).isEmpty();
        text(200, "DELETE", "/api/users?user=b%2B%25%40example.org", "");
        assertThat(json(200, "GET", "/api/users?domain=example.org", "").toString())
            .isEqualTo("{\"users\":[{\"user\":\"ann@example.org\"}]}");
        assertThat(text(400, "POST", "/api/users?password=s3cret", "{\"user\":\"c@example.org\"}"))
            .contains("body only").doesNotContain("s3cret");
        assertThat(text(404, "POST", "/api/users", "{\"user\":\"ann@far.example\"}")).contains("not hosted");
    }

    @Test void aliasesComeAndGo() throws Exception {
        directory.addDomain("example.org");
        var alias = "{\"from\":\"info@example.org\",\"to\":\"Carol@far.example\"}";
        assertThat(text(200, "POST", "/api/aliases", alias))
            .isEqualTo("added alias info@example.org=Carol@far.example\n");
        assertThat(text(200, "GET", "/api/aliases", "")).isEqualTo("info@example.org=Carol@far.example\n");
        assertThat(json(200, "GET", "/api/aliases", "").toString())
            .isEqualTo("{\"aliases\":[{\"from\":\"info@example.org\",\"to\":\"Carol@far.example\"}]}");
        text(200, "DELETE", "/api/aliases?from=info@example.org&to=Carol@far.example", "");
        assertThat(directory.aliases()).isEmpty();
    }

    @ParameterizedTest @CsvSource(delimiter = '|', value = {
        "POST|/api/domains|{|400", "POST|/api/domains|[]|400", "POST|/api/domains|{\"domain\":7}|400",
        "POST|/api/domains|{}|400", "POST|/api/domains|{\"domain\":\"a\",\"colour\":\"b\"}|400",
        "POST|/api/domains|{\"domain\":\"no domain\"}|400", "PATCH|/api/domains||405", "GET|/api/nothing||404",
        "GET|/||404", "GET|/api/queue/0ll0||400", "GET|/api/queue/zzz||404", "GET|/api/queue?limit=0||400",
        "GET|/api/queue?state=lost||400", "GET|/api/queue?colour=red||400", "POST|/api/queue/zzz/eat||404",
        "POST|/api/queue/flush||404", "GET|/api/messages/zzz/trace||404", "GET|/api/messages/zzz||404"})
    void whatIsNotUnderstoodIsRefused(String method, String path, String body, int status) throws Exception {
        var problem = json(status, method, path, Optional.ofNullable(body).orElse(""));
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("detail").asText()).isNotBlank();
        assertThat(text(status, method, path, Optional.ofNullable(body).orElse(""))).endsWith("\n");
    }

    @Test void aBodyThatIsTooLargeIsRefused() throws Exception {
        var body = "{\"domain\":\"" + "a".repeat(100_000) + "\"}";
        assertThat(send("POST", "/api/domains", body, "Authorization", bearer()).statusCode()).isEqualTo(413);
        var chunked = HttpRequest.newBuilder(URI.create("http://" + address() + "/api/domains"))
            .header("Authorization", bearer())
            .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8))));
        assertThat(client.send(chunked.build(), BodyHandlers.ofString()).statusCode()).isEqualTo(413);
    }

    @Test void theQueueIsListedWithFiltersInPages() throws Exception {
        assertThat(text(200, "GET", "/api/queue", "")).isEqualTo("the queue is empty\n");
        var first = routed("bob", "carol");
        var second = routed("dave");
        assertThat(text(200, "GET", "/api/queue", "")).contains(first + "  2026-03-01T12:00:00Z  17 octets  "
            + "ann@example.org\n    bob@example.net  routed  remote example.net, due 2026-03-01T13:00:00Z, attempts 2, "
            + "last reply: 451 4.7.1 later?[31m\n    carol@example.net").contains(second);
        var page = json(200, "GET", "/api/queue?limit=1", "");
        assertThat(page.get("messages")).hasSize(1);
        assertThat(page.get("next").asText()).isEqualTo(first);
        assertThat(page.get("recipients").toString()).isEqualTo("{\"pending\":0,\"routed\":3,\"held\":0}");
        var next = json(200, "GET", "/api/queue?limit=1&after=" + first, "");
        assertThat(next.get("messages").get(0).get("id").asText()).isEqualTo(second);
        assertThat(next.has("next")).isFalse();
        var carols = json(200, "GET", "/api/queue?recipient=Carol@example.net", "").get("messages");
        assertThat(carols).hasSize(1);
        assertThat(carols.get(0).get("recipients")).hasSize(1);
        assertThat(json(200, "GET", "/api/queue?sender=ann@example.org&domain=example.net&state=routed", "")
            .get("messages")).hasSize(2);
        assertThat(text(200, "GET", "/api/queue?sender=%3C%3E", "")).isEqualTo("no message matches\n");
        assertThat(json(200, "GET", "/api/queue?state=held", "").get("messages")).isEmpty();
    }

    @Test void aMessageIsShownHeldReleasedRetriedAndRemoved() throws Exception {
        var id = routed("bob", "carol");
        assertThat(text(200, "POST", "/api/queue/" + id + "/hold", "")).isEqualTo("held 2 recipients of " + id + "\n");
        assertThat(text(409, "POST", "/api/queue/" + id + "/retry", "")).contains("2 held").contains("release");
        var shown = json(200, "GET", "/api/queue/" + id, "").get("recipients").get(0);
        assertThat(shown.get("heldBy").asText()).isEqualTo("operator");
        assertThat(shown.get("before").get("attempts").asInt()).isEqualTo(2);
        clock.pass(Duration.ofMinutes(1));
        json(200, "POST", "/api/queue/" + id + "/release", "");
        assertThat(text(200, "GET", "/api/queue/" + id, "")).contains("due 2026-03-01T12:01:00Z, attempts 2");
        text(409, "POST", "/api/queue/" + id + "/release", "");
        assertThat(json(200, "POST", "/api/queue/" + id + "/retry", "").get("recipients").asInt()).isEqualTo(2);
        assertThat(text(200, "DELETE", "/api/queue/" + id, "")).isEqualTo("removed 2 recipients of " + id + "\n");
        assertThat(text(200, "GET", "/api/queue/" + id, "")).contains("discarded  removed by operator");
        assertThat(text(200, "GET", "/api/queue", "")).isEqualTo("the queue is empty\n");
        assertThat(text(409, "DELETE", "/api/queue/" + id, "")).contains("2 discarded");
        assertThat(json(200, "GET", "/api/messages/" + id + "/trace", "").get("events"))
            .extracting(event -> event.get("what").asText())
            .containsExactly("received", "held", "held", "released", "released", "retried", "retried", "discarded",
                "discarded");
        assertThat(text(200, "GET", "/api/messages/" + id + "/trace", ""))
            .startsWith("2026-03-01T12:00:00Z  received  from a test\n"
                + "2026-03-01T12:00:00Z  held  bob@example.net  by operator\n")
            .endsWith("now:\n    bob@example.net  discarded  removed by operator\n"
                + "    carol@example.net  discarded  removed by operator\n");
    }

    @Test void whatIsReleasedWaitsForTheTimeThatItsSenderNamed() throws Exception {
        var until = clock.instant().plusSeconds(3600);
        var message = TestMessages.pending(spool, clock.instant(), "x", "bob");
        var origin = message.origin();
        message = new NewMessage(message.id(), new Origin(origin.sender(),
            origin.parameters().with(Handling.NONE.heldUntil(until)), origin.received(), origin.listener(),
            origin.remoteAddress(), origin.helo(), origin.user()), message.variants(), message.recipients(), List.of());
        spool.commit(Change.accept(message));
        text(200, "POST", "/api/queue/" + message.id() + "/hold", "");
        text(200, "POST", "/api/queue/" + message.id() + "/release", "");
        assertThat(spool.find(message.id()).orElseThrow().recipients().getFirst().state())
            .isEqualTo(new RecipientState.Pending("root", until, 0, true));
        text(200, "POST", "/api/queue/" + message.id() + "/hold", "");
        text(200, "POST", "/api/queue/release", "{\"held\":\"operator\"}");
        assertThat(spool.find(message.id()).orElseThrow().recipients().getFirst().state())
            .isEqualTo(new RecipientState.Pending("root", until, 0, true));
    }

    @Test void aReleasedPendingOnePassesEveryHold() throws Exception {
        var message = TestMessages.pending(spool, clock.instant(), "x", "bob");
        spool.commit(Change.accept(message));
        text(200, "POST", "/api/queue/" + message.id() + "/hold", "");
        text(200, "POST", "/api/queue/" + message.id() + "/release", "");
        assertThat(spool.find(message.id()).orElseThrow().recipients().getFirst().state())
            .isEqualTo(new RecipientState.Pending("root", clock.instant(), 0, true));
    }

    @Test void whatIsReleasedOnItsWayIsTriedWhereNothingCouldBeReached() throws Exception {
        var onItsWay = TestMessages.toExampleNet(clock.instant().plusSeconds(600), 1, "451 Later");
        for (var i = 0; i < 3; i++) {
            spool.commit(Change.accept(TestMessages.message(spool, clock.instant(), "x",
                new RecipientState.Held("spam", onItsWay), "bob")));
        }
        text(200, "POST", "/api/queue/release", "{\"held\":\"spam\"}");
        assertThat(suspensions.resumed()).as("once for all").containsExactly("remote example.net");
        var message = TestMessages.message(spool, clock.instant(), "x", onItsWay, "bob", "eve");
        spool.commit(Change.accept(message));
        text(200, "POST", "/api/queue/" + message.id() + "/hold", "");
        text(200, "POST", "/api/queue/" + message.id() + "/release", "");
        assertThat(suspensions.resumed()).hasSize(2);
        assertThat(suspensions.lifted()).as("no domain is asked for").isEmpty();
    }

    @Test void whatIsHeldUnderANameIsListedAndReleasedTogether() throws Exception {
        var again = new RecipientState.Pending("root", clock.instant(), 0, false);
        for (var name : List.of("spam", "spam", "large")) {
            spool.commit(Change.accept(TestMessages.message(spool, clock.instant(), "x",
                new RecipientState.Held(name, again), "bob")));
        }
        assertThat(json(200, "GET", "/api/queue?held=spam", "").get("messages")).hasSize(2);
        text(400, "POST", "/api/queue/release", "");
        assertThat(text(200, "POST", "/api/queue/release", "{\"held\":\"spam\"}"))
            .isEqualTo("released: 2 recipients held as spam\n");
        assertThat(json(200, "GET", "/api/queue?held=spam", "").get("messages")).isEmpty();
        assertThat(json(200, "GET", "/api/queue?state=held", "").get("messages")).hasSize(1);
    }

    @Test void whatIsLeftBecauseItsDestinationIsDeadIsTold() throws Exception {
        routed("bob", "carol");
        state = Reachability.State.SUSPENDED;
        assertThat(text(200, "POST", "/api/queue/retry?domain=example.net", "")).isEqualTo("made due now: 0 recipients"
            + " of example.net; 2 recipients left as they were: their destination cannot be reached\n");
        assertThat(json(200, "POST", "/api/queue/retry", "")).isEqualTo(mapper.readTree(
            "{\"done\":\"retry\",\"domain\":\"\",\"recipients\":0,\"left\":2,\"complete\":true}"));
    }

    /** A request that takes as long as it is told to. */
    private static final class Slow implements Suspensions {
        private final CountDownLatch began = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final CompletableFuture<Boolean> interrupted = new CompletableFuture<>();

        @Override public void ask(String domain, Instant due) {
            lift(new Route("", ""), domain, due);
        }

        @Override public void resume(Route route) {
            throw new AssertionError("not without its domain");
        }

        @Override public void lift(Route route, String domain, Instant due) {
            began.countDown();
            try {
                goOn.await();
                interrupted.complete(false);
            } catch (InterruptedException e) {
                interrupted.complete(true);
            }
        }

        @Override public void liftAll(Instant due) {
            lift(new Route("", ""), "", due);
        }
    }

    private CompletableFuture<HttpResponse<String>> slowRequest(Slow slow) throws Exception {
        stop();
        server = server(0, slow);
        server.start();
        var request = HttpRequest.newBuilder(URI.create("http://" + address() + "/api/queue/" + routed("bob")
            + "/retry")).header("Authorization", bearer()).POST(BodyPublishers.noBody()).build();
        client = HttpClient.newHttpClient();
        var response = client.sendAsync(request, BodyHandlers.ofString());
        slow.began.await();
        return response;
    }

    @Test void aStopLetsARequestComeToItsEnd() throws Exception {
        var slow = new Slow();
        var response = slowRequest(slow);
        var stopper = Thread.ofVirtual().start(() -> server.stop(Duration.ofSeconds(20)));
        slow.goOn.countDown();
        assertThat(response.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        stopper.join();
    }

    @Test void aStopInterruptsNoRequestForItMayBeInTheDatabase() throws Exception {
        var slow = new Slow();
        slowRequest(slow);
        server.stop(Duration.ofMillis(1));
        slow.goOn.countDown();
        assertThat(slow.interrupted.get(20, TimeUnit.SECONDS)).isFalse();
    }

    @Test void aRequestThatDoesNotEndLeavesMostOfTheGraceToTheOthers() throws Exception {
        var slow = new Slow();
        slowRequest(slow);
        var grace = Duration.ofSeconds(4);
        var began = System.nanoTime();
        server.stop(grace);     // Helidon too waits a second
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(grace);
        slow.goOn.countDown();
        assertThat(slow.interrupted.get(20, TimeUnit.SECONDS)).isFalse();
    }

    @ParameterizedTest @CsvSource({"0, 0", "4000, 1000", "20000, 5000", "60000, 5000"})
    void requestsHaveAQuarterOfTheGraceAndFiveSecondsAtMost(long grace, long share) {
        assertThat(AdminServer.shareOf(Duration.ofMillis(grace))).isEqualTo(Duration.ofMillis(share));
    }

    @Test void manyAreRetriedAtOnce() throws Exception {
        routed("bob", "carol");
        var later = new RecipientState.Pending("root", clock.instant().plus(HOUR), 1, false);
        spool.commit(Change.accept(TestMessages.message(spool, clock.instant(), "x", later, "dave")));
        assertThat(json(200, "POST", "/api/queue/retry", "{\"domain\":\"far.example\"}").get("recipients").asInt())
            .isZero();
        assertThat(text(200, "POST", "/api/queue/retry?domain=example.net", ""))
            .isEqualTo("made due now: 3 recipients of example.net\n");
        clock.pass(Duration.ofHours(-1));
        assertThat(text(200, "POST", "/api/queue/retry", "")).isEqualTo("made due now: 3 recipients\n");
        assertThat(suspensions.lifted()).as("destinations given up for a while are tried again").contains("all");
        assertThat(text(200, "POST", "/api/queue/retry", "")).isEqualTo("made due now: 0 recipients\n");
    }

    @Test void mailIsFetchedAndTheAnswerIsWhatCameOfIt() throws Exception {
        var body = """
            {"server": "mail.example.net:366", "domains": "a.example,b.example", "user": "ann", "password": "secret",
             "tls": "implicit", "any-certificate": "true"}""";
        report = new Report.Answered(Reply.of(250, "2.0.0", "OK"), 1);
        assertThat(text(200, "POST", "/api/fetch", body)).isEqualTo("1 message came in from mail.example.net:366\n");
        assertThat(errands).containsExactly(new Errand(new HostPort("mail.example.net", 366), Errand.Way.ATRN,
            List.of("a.example", "b.example"), new Errand.Line(Security.IMPLICIT, true),
            Optional.of(new Errand.Login("ann", "secret"))));
        report = new Report.Answered(Reply.of(453, "4.0.0", "You have no mail"), 0);
        assertThat(json(200, "POST", "/api/fetch", body).get("messages").asInt()).isZero();
        report = new Report.Answered(Reply.of(450, "4.7.1", "No"), 0);
        assertThat(text(502, "POST", "/api/fetch", body)).isEqualTo("mail.example.net:366 answered 450 4.7.1 No\n");
        report = new Report.Failed("auth: 535 No");
        assertThat(text(502, "POST", "/api/fetch", body)).isEqualTo("auth: 535 No\n");
        assertThat(text(400, "POST", "/api/fetch", body.replace("implicit", "none"))).contains("not sent in the clear");
        assertThat(text(400, "POST", "/api/fetch", body.replace("a.example,", "a b"))).startsWith("domains: expected");
        assertThat(text(400, "POST", "/api/fetch", body.replace("\"ann\"", "\"\""))).contains("needs 'user'");
        assertThat(text(404, "GET", "/api/fetch", "")).contains("POST /api/fetch");
    }
}
