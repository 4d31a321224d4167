package org.posthorn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.mailets.port.HostPort;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.admin.AdminConfig;
import org.posthorn.server.admin.AdminServer;
import org.posthorn.server.admin.Api;
import org.posthorn.server.admin.BounceApi;
import org.posthorn.server.admin.DirectoryApi;
import org.posthorn.server.admin.FetchApi;
import org.posthorn.server.admin.QueueApi;
import org.posthorn.server.admin.Retries;
import org.posthorn.server.bounce.Tally;
import org.posthorn.server.delivery.Reachability;
import org.posthorn.server.delivery.RecordingSuspensions;
import org.posthorn.server.fetch.Errand;
import org.posthorn.server.fetch.Report;
import org.posthorn.server.fetch.Security;
import org.posthorn.server.spool.Change;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.TestMessages;
import org.posthorn.server.users.MemoryDirectory;

class RunningServerTest {

    private static final Mailbox ANN = new Mailbox("ann", "example.org");

    @TempDir private Path home;
    private final MemoryDirectory directory = new MemoryDirectory();
    private final InstantSource clock = InstantSource.system();
    private final InMemorySpool spool = new InMemorySpool();
    private final List<Errand> errands = new ArrayList<>();
    private AdminServer server;

    @BeforeEach void start() throws IOException {
        var data = Files.createDirectory(home.resolve("data"));
        server = new AdminServer(new AdminConfig(InetAddress.ofLiteral("127.0.0.1"), 0, data),
            new Api(new DirectoryApi(directory), new QueueApi(spool, new RecordingSuspensions(),
                new Retries(spool, new RecordingSuspensions(), _ -> Reachability.State.OPEN, clock), clock),
                new FetchApi(errand -> {
                    errands.add(errand);
                    return new Report.Answered(Reply.of(250, "2.0.0", "OK"), 3);
                }), new BounceApi(new Tally())),
            new SecureRandom());
        server.start();
    }

    @AfterEach void stop() {
        server.stop(Duration.ZERO);
    }

    private Invocation posthorn(String... words) {
        return posthornReading("", words);
    }

    private Invocation posthornReading(String input, String... words) {
        var arguments = new ArrayList<>(List.of(words));
        arguments.addAll(List.of("--home", home.toString()));
        return Invocation.of(input, arguments);
    }

    private static Invocation done(String out) {
        return new Invocation(0, out, "");
    }

    private String routed() {
        var later = TestMessages.toExampleNet(clock.instant().plus(Duration.ofHours(1)), 1, "451 later");
        var message = TestMessages.message(spool, clock.instant(), "x", later, "bob");
        spool.commit(Change.accept(message));
        return message.id().toString();
    }

    @Test void theRunningServerFetchesMail() {
        assertThat(posthorn("atrn", "mail.example.net", "a.example", "b.example", "--user", "ann@x.example:secret"))
            .isEqualTo(done("3 messages came in from mail.example.net:366\n"));
        assertThat(posthornReading("word\n", "atrn", "mail.example.net:2366", "--user", "ann@x.example", "--tls",
            "implicit", "--insecure").code()).isZero();
        assertThat(errands).containsExactly(
            new Errand(new HostPort("mail.example.net", 366), Errand.Way.ATRN, List.of("a.example", "b.example"),
                new Errand.Line(Security.STARTTLS, false), Optional.of(new Errand.Login("ann@x.example", "secret"))),
            new Errand(new HostPort("mail.example.net", 2366), Errand.Way.ATRN, List.of(),
                new Errand.Line(Security.IMPLICIT, true), Optional.of(new Errand.Login("ann@x.example", "word"))));
        assertThat(posthorn("atrn", "mail.example.net").code()).isEqualTo(2);
    }

    @Test void domainsUsersAndAliasesAreKept() {
        assertThat(posthorn("domain", "add", "example.org")).isEqualTo(done("added domain example.org\n"));
        assertThat(posthorn("domain", "list")).isEqualTo(done("example.org\n"));
        assertThat(posthorn("user", "add", "ann@example.org:se:cret")).isEqualTo(done("added user ann@example.org\n"));
        assertThat(directory.password(ANN)).contains("se:cret");
        assertThat(posthornReading("other\n", "user", "password", "ann@example.org").code()).isZero();
        assertThat(directory.password(ANN)).contains("other");
        assertThat(posthornReading("third", "user", "password", "ann@example.org", "--password-stdin").code()).isZero();
        assertThat(directory.password(ANN)).contains("third");
        assertThat(posthornReading("pass\n", "user", "add", "bob@example.org", "--password-stdin").code()).isZero();
        assertThat(posthorn("user", "add", "mute@example.org").out()).contains("nobody can log in");
        assertThat(posthorn("user", "list")).isEqualTo(done("ann@example.org\nbob@example.org\nmute@example.org\n"));
        assertThat(posthorn("alias", "add", "a=b@example.org=ann@example.org").code()).isZero();
        assertThat(posthorn("alias", "add", "*@example.org=x=y@far.example").code()).isZero();
        assertThat(posthorn("alias", "list"))
            .isEqualTo(done("*@example.org=x=y@far.example\na=b@example.org=ann@example.org\n"));
        assertThat(posthorn("alias", "remove", "*@example.org=x=y@far.example").code()).isZero();
        assertThat(posthorn("user", "remove", "mute@example.org").code()).isZero();
        assertThat(posthorn("user", "list", "--json").out().strip())
            .isEqualTo("{\"users\":[{\"user\":\"ann@example.org\"},{\"user\":\"bob@example.org\"}]}");
        assertThat(posthorn("user", "list", "--domain", "far.example")).isEqualTo(done(""));
        assertThat(posthorn("user", "quota", "ann@example.org").out())
            .isEqualTo("ann@example.org: any octets, any messages (as users.xml says for all)\n");
        assertThat(posthorn("user", "quota", "ann@example.org", "--octets", "1MiB", "--messages", "10").code())
            .isZero();
        assertThat(posthorn("user", "quota", "ann@example.org").out())
            .isEqualTo("ann@example.org: 1048576 octets, 10 messages\n");
        assertThat(posthorn("user", "list").out())
            .isEqualTo("ann@example.org (quota: 1048576 octets, 10 messages)\nbob@example.org\n");
        assertThat(posthorn("user", "list", "--json").out())
            .contains("\"quota\":{\"octets\":1048576,\"messages\":10}");
        assertThat(posthorn("user", "quota", "ann@example.org", "--octets", "soon").err()).contains("octets: expected");
        assertThat(posthorn("user", "quota", "ann@example.org", "--messages", "-1").code()).isEqualTo(1);
        assertThat(posthorn("user", "quota", "ann@example.org", "--none").out()).contains("any octets, any messages");
        assertThat(posthorn("user", "quota", "ann@example.org", "--standard").code()).isZero();
        assertThat(posthorn("user", "quota", "ann@example.org", "--none", "--octets", "1").code()).isEqualTo(2);
        assertThat(posthorn("user", "quota", "nobody@example.org").err()).contains("there is no user");
    }

    @Test void domainAliasesForwardsAndDelimitersAreKept() {
        posthorn("domain", "add", "example.org");
        posthorn("user", "add", "ann@example.org");
        posthorn("user", "add", "bob@example.org");
        assertThat(posthorn("domain", "alias", "example.net", "example.org")).isEqualTo(
            done("every address in example.net is the same address in example.org now\n"));
        assertThat(posthorn("domain", "list")).isEqualTo(done("example.org\nexample.net  alias of example.org\n"));
        assertThat(posthorn("domain", "list", "--json").out()).contains(
            "{\"domain\":\"example.net\",\"alias-of\":\"example.org\"}");
        assertThat(posthorn("user", "forward", "ann@example.org", "a@far.example", "b@far.example", "--keep-copy"))
            .isEqualTo(done("ann@example.org  forwards to a@far.example, b@far.example, keeps a copy\n"));
        assertThat(posthorn("user", "forward", "bob@example.org", "ann@example.org").code()).isZero();
        assertThat(posthorn("user", "forward", "ann@example.org", "bob@example.org").err()).isEqualTo("posthorn: mail "
            + "to ann@example.org would go in a circle: ann@example.org -> bob@example.org -> ann@example.org\n");
        assertThat(posthorn("user", "set", "bob@example.org", "--delimiter", "-"))
            .isEqualTo(done("the delimiter of bob@example.org is - now\n"));
        assertThat(posthorn("user", "list")).isEqualTo(done("ann@example.org  forwards to a@far.example, "
            + "b@far.example, keeps a copy\nbob@example.org  forwards to ann@example.org  delimiter -\n"));
        assertThat(posthorn("user", "list", "--json").out()).contains("\"forward\":[\"a@far.example\","
            + "\"b@far.example\"],\"keeps-copy\":true}", "\"keeps-copy\":false,\"delimiter\":\"-\"}");
        assertThat(posthorn("user", "resolve", "bob-x@example.net")).isEqualTo(done("""
            bob-x@example.net: example.net is an alias of example.org, goes to bob-x@example.org
              bob-x@example.org: subaddress of bob@example.org, goes to ann@example.org
                ann@example.org: alias, keeps a copy, goes to a@far.example, b@far.example
                  a@far.example: elsewhere
                  b@far.example: elsewhere
            """));
        assertThat(posthorn("user", "forward", "ann@example.org", "--off").code()).isZero();
        assertThat(posthorn("user", "set", "bob@example.org", "--delimiter", "default").code()).isZero();
        assertThat(posthorn("user", "list")).isEqualTo(
            done("ann@example.org\nbob@example.org  forwards to ann@example.org\n"));
        assertThat(posthorn("domain", "alias", "example.net", "--off")).isEqualTo(
            done("removed domain alias example.net\n"));
        for (var misused : List.of("domain alias example.net", "domain alias a.example b.example --off",
            "user forward ann@example.org", "user forward ann@example.org x@y.example --off",
            "user set ann@example.org")) {
            assertThat(posthorn(misused.split(" ")).code()).as(misused).isEqualTo(2);
        }
    }

    @Test void aRefusalIsOneLineAndCodeOne() throws IOException {
        posthorn("domain", "add", "example.org");
        var refused = posthorn("domain", "add", "example.org");
        assertThat(refused).isEqualTo(new Invocation(1, "",
            "posthorn: the domain example.org is hosted here already\n"));
        var json = posthorn("domain", "remove", "far.example", "--json");
        assertThat(json.code()).isEqualTo(1);
        assertThat(new ObjectMapper().readTree(json.err()).get("status").asInt()).isEqualTo(404);
        assertThat(posthorn("user", "add", "ann@example.org", "--password-stdin").err()).contains("no password");
    }

    @ParameterizedTest @ValueSource(strings = {"queue show nosuch", "queue hold nosuch", "queue remove nosuch",
        "queue retry nosuch", "trace nosuch", "queue list --state x", "queue list --limit 0",
        "domain remove nosuch.example", "user remove x@nosuch.example"})
    void aRefusalSpeaksOfTheCommandNotOfHttp(String words) {
        assertThat(posthorn(words.split(" ", -1)).err()).startsWith("posthorn: ")
            .doesNotContain("/api/", "GET", "POST", "DELETE", "add it first");
    }

    @Test void theQueueIsAtHand() throws IOException {
        assertThat(posthorn("queue", "list")).isEqualTo(done("the queue is empty\n"));
        var id = routed();
        assertThat(posthorn("queue", "list", "--limit", "1", "--state", "routed", "--sender", "ann@example.org").out())
            .startsWith(id + "  ").contains("bob@example.net  routed");
        assertThat(new ObjectMapper().readTree(posthorn("queue", "list", "--json").out()).get("messages")).hasSize(1);
        assertThat(posthorn("queue", "show", id).out()).contains("received by smtp from 192.0.2.7");
        assertThat(posthorn("queue", "hold", id)).isEqualTo(done("held 1 recipient of " + id + "\n"));
        assertThat(posthorn("queue", "retry", "--all")).isEqualTo(done("made due now: 0 recipients\n"));
        assertThat(posthorn("queue", "release", id)).isEqualTo(done("released 1 recipient of " + id + "\n"));
        assertThat(posthorn("queue", "retry", id)).isEqualTo(done("made due now 1 recipient of " + id + "\n"));
        assertThat(posthorn("queue", "remove", id)).isEqualTo(done("removed 1 recipient of " + id + "\n"));
        assertThat(posthorn("trace", id).out()).contains("received", "held", "released", "retried",
            "removed by operator");
        assertThat(posthorn("trace", "zzz").err()).startsWith("posthorn: nothing is known of message zzz");
    }

    @Test void retryTakesAllOrADomain() {
        routed();
        assertThat(posthorn("queue", "retry", "--domain", "example.net"))
            .isEqualTo(done("made due now: 1 recipient of example.net\n"));
        routed();
        assertThat(posthorn("queue", "retry", "--all")).isEqualTo(done("made due now: 1 recipient\n"));
    }

    @ParameterizedTest @ValueSource(strings = {"", "queue", "domain add", "domain eat x", "queue retry",
        "queue retry --all --domain x", "queue retry abc --all", "alias add a@b", "alias add x=y", "user add",
        "user add a@b:c --password-stdin", "queue list --colour red"})
    void whatIsNotUnderstoodIsCodeTwoWithUsage(String words) {
        var misused = posthorn(words.isEmpty() ? new String[0] : words.split(" ", -1));
        assertThat(misused.code()).isEqualTo(2);
        assertThat(misused.out()).isEmpty();
        assertThat(misused.err()).contains("Usage: posthorn");
    }

    @ParameterizedTest @ValueSource(strings = {"../users", "", "k3f9/hold"})
    void whatIsNoIdIsRefusedBeforeItIsSent(String id) {
        assertThat(posthorn("queue", "show", id).err()).startsWith("posthorn: '" + id + "' is no message id");
    }

    @Test void everyCommandHasHelp() {
        for (var words : List.of("--help", "domain --help", "user add --help", "queue retry --help", "trace --help")) {
            var help = Invocation.of("", List.of(words.split(" ", -1)));
            assertThat(help.code()).as(words).isZero();
            assertThat(help.out()).contains("Usage: posthorn");
        }
        assertThat(Invocation.of("", List.of("user", "add", "--help")).out()).contains("POSTHORN_HOME");
    }

    @Test void aServerThatIsGoneIsSaidToBe() throws IOException {
        var address = Files.readString(home.resolve("data/admin.address"));
        server.stop(Duration.ZERO);
        assertThat(posthorn("queue", "list").err()).contains("is not running", "posthorn run --home");
        Files.writeString(home.resolve("data/admin.address"), address);     // as after kill -9
        var killed = posthorn("trace", "abc");
        assertThat(killed.code()).isEqualTo(1);
        assertThat(killed.err()).contains("is not running");
    }

    @Test void aDirectoryThatIsNoHomeIsRefused() {
        var refused = Invocation.of("", List.of("user", "list", "--home", home.resolve("elsewhere").toString()));
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("is no home", "posthorn init").hasLineCount(1);
    }
}
