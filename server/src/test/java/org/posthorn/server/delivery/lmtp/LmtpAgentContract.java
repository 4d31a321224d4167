package org.posthorn.server.delivery.lmtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.server.delivery.remote.Routes;
import org.posthorn.server.spool.Route;

/** What the LMTP agent makes of every answer of a store, however that is reached. */
abstract class LmtpAgentContract {

    private FakeStore store;
    private Bench bench = new Bench();

    /** Where a store can listen. */
    abstract SocketAddress free() throws IOException;

    /** How a mailet names a store that listens there. */
    abstract String named(SocketAddress address);

    @BeforeEach void start() throws IOException {
        store = new FakeStore(free());
    }

    @AfterEach void stop() throws IOException {
        bench.close();
        store.close();
    }

    private void use(Bench other) {
        bench.close();
        bench = other;
    }

    private List<String> deliver(String... users) throws IOException {
        return bench.deliver(new Route("lmtp", named(store.address())), users);
    }

    @Test void eachRecipientHasItsOwnOutcome() throws IOException {
        store.answering(line -> switch (line) {
            case ". full@example.net" -> "452 4.2.2 full is full";
            case ". closed@example.net" -> "552 5.2.2 closed for good";
            case "RCPT TO:<none@example.net>" -> "550 5.1.1 Nobody";
            case "RCPT TO:<over@example.net>" -> "552 5.2.2 over is over quota";
            case "RCPT TO:<later@example.net>" -> "450 4.2.0 Later";
            default -> "";
        });
        assertThat(deliver("ann", "none", "over", "full", "later", "closed", "bob")).containsExactly(
            "delivered 250 2.1.5 <ann@example.net> Saved", "failed 550 5.1.1 Nobody",
            "failed 552 5.2.2 over is over quota",
            "deferred RECIPIENT 452 4.2.2 full is full", "deferred RECIPIENT 450 4.2.0 Later",
            "failed 552 5.2.2 closed for good", "delivered 250 2.1.5 <bob@example.net> Saved");
        assertThat(store.heard()).startsWith("(connected)", "LHLO me.example", "MAIL FROM:<ann@example.org>");
        assertThat(store.heard("EHLO")).isZero();
        assertThat(store.heard("> Return-Path")).as("is the store's to write").isZero();
    }

    @Test void aConnectionLostAmongTheRepliesSettlesThoseThatCame() throws IOException {
        store.answering(line -> line.equals(". c@example.net") ? "close" : "");
        assertThat(deliver("a", "b", "c", "d")).satisfiesExactly(
            a -> assertThat(a).startsWith("delivered"), b -> assertThat(b).startsWith("delivered"),
            c -> assertThat(c).startsWith("deferred RECIPIENT 451 4.4.2"),
            d -> assertThat(d).startsWith("deferred RECIPIENT 451 4.4.2"));
        assertThat(store.heard("(connected)")).as("after the dot nothing is sent again at once").isEqualTo(1);
    }

    @Test void aStoreThatClosesAmongTheRepliesAnsweredTheRestWithThat() throws IOException {
        store.answering(line -> line.equals(". b@example.net") ? "421 4.3.2 Going down" : "");
        assertThat(deliver("a", "b", "c")).containsExactly("delivered 250 2.1.5 <a@example.net> Saved",
            "deferred RECIPIENT 421 4.3.2 Going down", "deferred RECIPIENT 421 4.3.2 Going down");
    }

    @Test void whenNobodyIsTakenNoReplyIsAwaited() throws IOException {
        store.answering(line -> line.startsWith("RCPT") ? "550 5.1.1 Nobody" : "");
        assertThat(deliver("a", "b")).containsOnly("failed 550 5.1.1 Nobody");
        store.answering(_ -> "");
        assertThat(deliver("a")).as("the connection is good still").singleElement().asString().startsWith("delivered");
        assertThat(store.heard("(connected)")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"421 Busy,deferred DESTINATION 421 Busy", "554 Go away,deferred DESTINATION 554 Go away",
        "521 No mail here,deferred DESTINATION 521 No mail here", "close,deferred DESTINATION 451 4.4.2",
        "Hello,deferred DESTINATION 451 4.4.2"})
    void aStoreOutOfOrderHasNoVerdict(String answer, String outcome) throws IOException {
        for (var at : List.of("", "LHLO me.example")) {
            store.answering(line -> line.equals(at) ? answer : "");
            assertThat(deliver("a")).singleElement().asString().startsWith(outcome);
        }
    }

    @Test void nobodyThereConcernsTheDestination() throws IOException {
        store.close();
        assertThat(deliver("a")).singleElement().asString().startsWith("deferred DESTINATION 451 4.4.1")
            .contains(named(store.address()));
    }

    @ParameterizedTest @ValueSource(strings = {"MAIL FROM:<ann@example.org>", "DATA"})
    void aVerdictOnTheMessageConcernsAll(String command) throws IOException {
        store.answering(line -> line.equals(command) ? "451 4.3.0 Not now" : "");
        assertThat(deliver("a", "b")).containsOnly("deferred RECIPIENT 451 4.3.0 Not now");
        store.answering(line -> line.equals(command) ? "554 5.6.0 Never" : "");
        assertThat(deliver("a", "b")).containsOnly("failed 554 5.6.0 Never");
    }

    @Test void manyRecipientsGoInSeveralTransactions() throws IOException {
        use(new Bench(Bench.REUSE, TlsMode.NEVER, 2, Routes.NONE));
        assertThat(deliver("a", "b", "c", "d", "e")).hasSize(5).allMatch(outcome -> outcome.startsWith("delivered"));
        assertThat(store.heard("MAIL")).isEqualTo(3);
        assertThat(store.heard("(connected)")).isEqualTo(1);
    }

    @Test void theStoreForgetsEachMessageBeforeTheNext() throws IOException {
        deliver("a");
        deliver("b");
        assertThat(store.heard()).containsSubsequence("> Hello", "RSET", "MAIL FROM:<ann@example.org>",
            "RCPT TO:<b@example.net>", "DATA", "> Hello");
        assertThat(store.heard("RSET")).isEqualTo(1);
        assertThat(store.heard("(connected)")).isEqualTo(1);
    }

    @Test void aReusedConnectionThatDiesAmongTheRepliesSettlesThoseThatCame() throws IOException {
        deliver("a");
        store.answering(line -> line.equals(". c@example.net") ? "close" : "");
        assertThat(deliver("b", "c")).satisfiesExactly(b -> assertThat(b).startsWith("delivered"),
            c -> assertThat(c).startsWith("deferred RECIPIENT 451 4.4.2"));
        assertThat(store.heard("> Hello")).isEqualTo(2);
        assertThat(store.heard("(connected)")).isEqualTo(1);
    }
}
