package org.posthorn.server.delivery.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.protocols.smtp.Handling;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.server.delivery.Outcome;
import org.posthorn.server.delivery.Reuse;

/** The remote agent against servers on loopback ports. */
class RemoteAgentTest {

    private final RemoteBench bench = new RemoteBench();

    @AfterEach void close() throws IOException {
        bench.close();
    }

    private FakeServer server(UnaryOperator<String> answers) throws IOException {
        return bench.server(answers);
    }

    private List<String> deliver(String nextHop, String... users) throws IOException {
        return bench.deliver(nextHop, users);
    }

    private static int closedPort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    @Test void eachRecipientGetsItsOwnOutcome() throws IOException {
        var server = server(line -> line.contains("bad@") ? "550 5.1.1 No bad"
            : line.contains("busy@") ? "450 Later" : "");
        var outcomes = bench.attempt("127.0.0.1:" + server.port(), "good", "bad", "busy");
        assertThat(RemoteBench.words(outcomes)).containsExactly("delivered 250 2.0.0 Taken", "failed 550 5.1.1 No bad",
            "deferred RECIPIENT 450 Later");
        assertThat(outcomes).allMatch(outcome -> outcome.host().equals("[127.0.0.1]:" + server.port()));
        assertThat(server.heard()).contains("EHLO me.example", "> Hello");
        bench.idle.stop(Duration.ZERO);
        assertThat(server.heard("QUIT")).isEqualTo(1);
    }

    /** What reports say of a host is what it said. */
    @ParameterizedTest
    @CsvSource({"MAIL,552 5.3.4 Too large,HOST", "EHLO,250-fake/250 SIZE 10,US", "RCPT,450 Later,HOST",
        "RCPT,Hello,US", "MAIL,530 5.7.0 Log in,US", "GREETING,521 No mail here,HOST"})
    void whoseWordsTheyAreIsKnown(String command, String answer, Outcome.By by) throws IOException {
        var server = server(line -> line.isEmpty() ? command.equals("GREETING") ? answer : ""
            : line.startsWith(command) ? answer.replace('/', '\n') : "");
        assertThat(bench.attempt("127.0.0.1:" + server.port(), "a")).singleElement().extracting(Outcome::by)
            .isEqualTo(by);
    }

    @Test void nobodyThereConcernsTheDestination() throws IOException {
        assertThat(deliver("127.0.0.1:" + closedPort(), "a")).singleElement().asString()
            .startsWith("deferred DESTINATION 451 4.4.1").contains("127.0.0.1");
    }

    @ParameterizedTest
    @CsvSource({"421 Busy,deferred DESTINATION 421 Busy", "554 Go away,deferred DESTINATION 554 Go away",
        "521 No mail here,failed 521 No mail here", "close,deferred DESTINATION 451 4.4.2",
        "Hello,deferred DESTINATION 451 4.4.2"})
    void aGreetingThatIsNoneConcernsTheHost(String greeting, String outcome) throws IOException {
        var server = server(line -> line.isEmpty() ? greeting : "");
        assertThat(deliver("127.0.0.1:" + server.port(), "a")).singleElement().asString().startsWith(outcome);
    }

    @Test void theNextHostIsAskedUntilOneSpeaks() throws IOException {
        var server = server(_ -> "");
        bench.mxPort = server.port();
        bench.zone.mx("d.example", 10, "dead.example").mx("d.example", 20, "live.example")
            .address("dead.example", "127.0.0.2").address("live.example", "127.0.0.1");
        assertThat(deliver("d.example", "a")).containsExactly("delivered 250 2.0.0 Taken");
        assertThat(server.heard("(connected)")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"421 Busy", "450 Later", "554 Go away", "521 No mail here", "close", "nonsense"})
    void aGreetingThatIsNoneSendsToTheNextAddressOfTheSameHost(String greeting) throws IOException {
        var greetings = new AtomicInteger();
        var server = server(line -> line.isEmpty() && greetings.getAndIncrement() == 0 ? greeting : "");
        bench.mxPort = server.port();
        bench.zone.mx("d.example", 10, "one.example").address("one.example", "127.0.0.1")
            .address("one.example", "127.0.0.1");
        assertThat(deliver("d.example", "a")).containsExactly("delivered 250 2.0.0 Taken");
        assertThat(server.heard("(connected)")).isEqualTo(2);
    }

    /** Nothing was said of a message yet. */
    @ParameterizedTest
    @ValueSource(strings = {"421 Busy", "450 Later", "550 5.7.1 Not by that name", "close", "nonsense"})
    void aHostThatDoesNotTakeOurNameSendsToTheNext(String answer) throws IOException {
        var connected = new AtomicInteger();
        var server = server(line -> line.isEmpty() && connected.incrementAndGet() > 0 ? ""
            : connected.get() == 1 && (line.startsWith("EHLO") || line.startsWith("HELO")) ? answer : "");
        bench.mxPort = server.port();
        bench.zone.mx("d.example", 10, "one.example").mx("d.example", 20, "two.example")
            .address("one.example", "127.0.0.1").address("two.example", "127.0.0.1");
        assertThat(deliver("d.example", "a")).containsExactly("delivered 250 2.0.0 Taken");
        assertThat(server.heard("(connected)")).isEqualTo(2);
        connected.set(0);
        bench.zone.mx("e.example", 10, "one.example");
        bench.idle.stop(Duration.ZERO);
        assertThat(deliver("e.example", "a")).singleElement().asString().startsWith("deferred DESTINATION");
    }

    @ParameterizedTest
    @CsvSource({"521 No mail here,421 Busy", "421 Busy,521 No mail here"})
    void oneThatMayComeBackOutweighsOneThatNeverTakesMail(String first, String second) throws IOException {
        var greetings = new AtomicInteger();
        var server = server(line -> line.isEmpty() ? greetings.getAndIncrement() == 0 ? first : second : "");
        bench.mxPort = server.port();
        bench.zone.mx("d.example", 10, "one.example").mx("d.example", 20, "two.example")
            .address("one.example", "127.0.0.1").address("two.example", "127.0.0.1");
        assertThat(deliver("d.example", "a")).containsExactly("deferred DESTINATION 421 Busy");
    }

    @Test void noMoreAddressesAreTriedInOneAttemptThanConfigured() throws IOException {
        var server = server(line -> line.isEmpty() ? "421 Busy" : "");
        bench.mxPort = server.port();
        for (var i = 0; i < 12; i++) {
            bench.zone.mx("d.example", 10 + i, "mx" + i + ".example").address("mx" + i + ".example", "127.0.0.1");
        }
        assertThat(deliver("d.example", "a")).containsExactly("deferred DESTINATION 421 Busy");
        assertThat(server.heard("(connected)")).isEqualTo(8);
    }

    @Test void whenTheSearchTookTooLongNoFurtherAddressIsTried() throws IOException {
        bench.search = Duration.ZERO;
        var server = server(line -> line.isEmpty() ? "421 Busy" : "");
        bench.mxPort = server.port();
        for (var i = 0; i < 4; i++) {
            bench.zone.mx("d.example", 10 + i, "mx" + i + ".example").address("mx" + i + ".example", "127.0.0.1");
        }
        assertThat(deliver("d.example", "a")).containsExactly("deferred DESTINATION 421 Busy");
        assertThat(server.heard("(connected)")).as("two at least").isEqualTo(2);
    }

    @Test void whatWasTakenIsDeliveredWhateverIsSaidToQuit() throws IOException {
        bench.reuse = Reuse.NONE;
        var server = server(line -> line.equals("QUIT") ? "close" : "");
        assertThat(deliver("127.0.0.1:" + server.port(), "a")).containsExactly("delivered 250 2.0.0 Taken");
    }

    @ParameterizedTest
    @CsvSource({"RCPT,550 5.1.1 Nobody,failed 550 5.1.1 Nobody", "RCPT,450 4.2.0 Later,deferred RECIPIENT 450",
        ".,554 5.6.0 No,failed 554 5.6.0 No", ".,451 4.3.0 Later,deferred RECIPIENT 451 4.3.0 Later",
        "DATA,550 5.7.1 No,failed 550 5.7.1 No", ".,close,deferred RECIPIENT 451 4.4.2"})
    void aVerdictIsTheDomainsWhicheverHostSaysIt(String command, String answer, String outcome) throws IOException {
        var server = server(line -> line.split("[ :]", 2)[0].equals(command) ? answer : "");
        bench.mxPort = server.port();
        bench.zone.mx("d.example", 10, "one.example").mx("d.example", 20, "two.example")
            .address("one.example", "127.0.0.1").address("two.example", "127.0.0.1");
        assertThat(deliver("d.example", "a")).singleElement().asString().startsWith(outcome);
        assertThat(server.heard("(connected)")).isEqualTo(1);
    }

    /** Whoever can make us send what such a host dislikes must not stop all other mail there. */
    @Test void aHostThatWantsUsToComeOtherwiseKeepsThisMailWaitingAndNoOther() throws IOException {
        var server = server(line -> line.startsWith("MAIL") ? "530 5.7.0 Must issue a STARTTLS command first" : "");
        bench.mxPort = server.port();
        bench.zone.mx("d.example", 10, "one.example").mx("d.example", 20, "two.example")
            .address("one.example", "127.0.0.1").address("two.example", "127.0.0.1");
        assertThat(deliver("d.example", "a", "b")).hasSize(2).allMatch(words ->
            words.startsWith("deferred HOST 451 4.7.0"));
        assertThat(server.heard("MAIL")).as("both hosts").isEqualTo(2);
        bench.zone.mx("e.example", 10, "one.example").mx("e.example", 20, "dead.example")
            .address("dead.example", "127.0.0.2");
        assertThat(deliver("e.example", "a")).as("the other one is dead").singleElement().asString()
            .startsWith("deferred HOST 451 4.7.0");
    }

    @Test void aVerdictOnTheMessageIsNotTakenToTheNextHost() throws IOException {
        var server = server(line -> line.startsWith("MAIL") ? "451 4.7.1 Greylisted" : "");
        bench.mxPort = server.port();
        bench.zone.mx("d.example", 10, "one.example").mx("d.example", 20, "two.example")
            .address("one.example", "127.0.0.1").address("two.example", "127.0.0.1");
        assertThat(deliver("d.example", "a")).containsExactly("deferred RECIPIENT 451 4.7.1 Greylisted");
        assertThat(server.heard("(connected)")).isEqualTo(1);
    }

    @Test void aHandshakeThatFailsIsFollowedByOneInTheClear() throws IOException {
        var server = server(line -> line.startsWith("EHLO") ? "250-fake\n250 STARTTLS"
            : line.equals("STARTTLS") ? "220 Go\n220 This is not TLS" : "");
        assertThat(deliver("127.0.0.1:" + server.port(), "a")).containsExactly("delivered 250 2.0.0 Taken");
        assertThat(server.heard("STARTTLS")).isEqualTo(1);
        assertThat(server.heard("(connected)")).isEqualTo(2);
    }

    private FakeServer tlsServer() throws IOException, GeneralSecurityException {
        return bench.server(line -> line.startsWith("EHLO") ? "250-fake\n250 STARTTLS"
            : line.equals("STARTTLS") ? "220 Go" : "", Optional.of(TestTls.selfSigned()));
    }

    @Test void opportunisticTlsTakesAnyCertificate() throws IOException, GeneralSecurityException {
        var server = tlsServer();
        assertThat(deliver("127.0.0.1:" + server.port(), "a")).containsExactly("delivered 250 2.0.0 Taken");
        assertThat(server.heard()).startsWith("(connected)", "EHLO me.example", "STARTTLS", "(secured)",
            "EHLO me.example", "MAIL FROM:<ann@example.org>");
    }

    @Test void requiredTlsWantsACertificateThatIsVouchedFor() throws IOException, GeneralSecurityException {
        var server = tlsServer();
        bench.tls = TlsMode.REQUIRED;
        assertThat(deliver("127.0.0.1:" + server.port(), "a")).singleElement().asString()
            .startsWith("deferred DESTINATION").contains("handshake");
        assertThat(server.heard("MAIL")).isZero();
    }

    @Test void requiredTlsIsNeverLeftOut() throws IOException {
        var server = server(_ -> "");
        bench.tls = TlsMode.REQUIRED;
        assertThat(deliver("127.0.0.1:" + server.port(), "a")).singleElement().asString()
            .startsWith("deferred DESTINATION").contains("TLS is required");
        assertThat(server.heard("MAIL")).isZero();
    }

    @Test void manyRecipientsGoInSeveralTransactionsOnOneConnection() throws IOException {
        var server = server(_ -> "");
        bench.perTransaction = 2;
        assertThat(deliver("127.0.0.1:" + server.port(), "a", "b", "c", "d", "e")).hasSize(5)
            .allMatch(outcome -> outcome.startsWith("delivered"));
        assertThat(server.heard("MAIL")).isEqualTo(3);
        assertThat(server.heard("(connected)")).isEqualTo(1);
    }

    @Test void eachRecipientOfAVerpSenderHasATransactionAndAReturnPathOfItsOwn() throws IOException {
        var server = server(_ -> "");
        bench.parameters = MailParameters.NONE.with(Handling.NONE.verp("+="));
        assertThat(deliver("127.0.0.1:" + server.port(), "a", "b")).hasSize(2)
            .allMatch(outcome -> outcome.startsWith("delivered"));
        assertThat(server.heard()).containsSubsequence("MAIL FROM:<ann+a=example.net@example.org>",
            "RCPT TO:<a@example.net>", "> Hello", "MAIL FROM:<ann+b=example.net@example.org>",
            "RCPT TO:<b@example.net>", "> Hello");
        assertThat(server.heard("RCPT")).isEqualTo(2);
    }

    @Test void recipientsThatWereTooManyGoInTheNextTransaction() throws IOException {
        var taken = new AtomicInteger();
        var server = server(line -> {
            if (line.startsWith("MAIL")) {
                taken.set(0);
            }
            return line.startsWith("RCPT") && taken.incrementAndGet() > 2 ? "452 4.5.3 Too many" : "";
        });
        assertThat(deliver("127.0.0.1:" + server.port(), "a", "b", "c", "d", "e"))
            .allMatch(outcome -> outcome.startsWith("delivered"));
        assertThat(server.heard("MAIL")).isEqualTo(3);
    }

    @Test void aServerThatTakesNoneMoreIsNotAskedForEver() throws IOException {
        var server = server(line -> line.startsWith("RCPT") ? "452 4.5.3 Too many" : "");
        assertThat(deliver("127.0.0.1:" + server.port(), "a", "b")).containsOnly(
            "deferred RECIPIENT 452 4.5.3 Too many");
        assertThat(server.heard("MAIL")).isEqualTo(1);
    }

    @Test void aConnectionLostBeforeTheirTurnDefersTheRest() throws IOException {
        var server = server(line -> line.equals(".") ? "421 4.3.2 Closing" : "");
        bench.perTransaction = 1;
        assertThat(deliver("127.0.0.1:" + server.port(), "a", "b")).satisfiesExactly(
            a -> assertThat(a).isEqualTo("deferred RECIPIENT 421 4.3.2 Closing"),
            b -> assertThat(b).startsWith("deferred RECIPIENT 451 4.4.2"));
    }

    @Test void aRouteThatNamesNothingFails() throws IOException {
        assertThat(deliver("not a domain", "a")).singleElement().asString().startsWith("failed 550 5.1.2");
    }
}
