package org.posthorn.protocols.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.etrn.EtrnNode;
import org.posthorn.protocols.etrn.QueueFlush;

/** ETRN as a client sees it (RFC 1985). */
class EtrnTest {

    private final List<String> asked = new ArrayList<>();
    private final Talk talk = new Talk().flush(flush(new QueueFlush.Result.Started()));

    private QueueFlush flush(QueueFlush.Result result) {
        return new QueueFlush() {
            @Override public boolean isOfferedTo(Client client) {
                return true;
            }

            @Override public Result start(Client client, EtrnNode node) {
                asked.add(node.toString());
                return result;
            }
        };
    }

    private String answer(QueueFlush.Result result) {
        var said = talk.flush(flush(result)).lines("HELO client.example\nETRN branch.example\n").lines().toList();
        return said.getLast();
    }

    @Test void ehloListsItWithoutParametersToThoseWhoMayAsk() {
        assertThat(talk.lines("EHLO client.example\n")).contains("\n250-ETRN\n");
        assertThat(new Talk().lines("EHLO client.example\n")).doesNotContain("ETRN");
        assertThat(new Talk().lines("EHLO client.example\nETRN branch.example\nETRN\n")).endsWith("""
            502 5.5.1 Command not implemented
            502 5.5.1 Command not implemented
            """);
        assertThat(talk.settings(SessionSettings.smtp("mx.example.org").without(Extension.ETRN))
            .lines("EHLO client.example\nETRN branch.example\n")).doesNotContain("-ETRN").contains("\n502 ");
    }

    @Test void whatWasStartedIsSaidWithItsCode() {
        assertThat(answer(new QueueFlush.Result.Started()))
            .isEqualTo("250 2.0.0 OK, queuing for node branch.example started");
        assertThat(answer(new QueueFlush.Result.NothingWaiting()))
            .isEqualTo("251 2.0.0 OK, no messages waiting for node branch.example");
        assertThat(answer(new QueueFlush.Result.UnderWay()))
            .isEqualTo("252 2.0.0 OK, pending messages for node branch.example started");
        assertThat(answer(new QueueFlush.Result.Pending(14)))
            .isEqualTo("253 2.0.0 OK, 14 pending messages for node branch.example started");
        assertThat(answer(new QueueFlush.Result.Unable()))
            .isEqualTo("458 4.3.0 Unable to queue messages for node branch.example");
        assertThat(answer(new QueueFlush.Result.NotAllowed("who are you")))
            .isEqualTo("459 4.7.1 Node branch.example not allowed: who are you");
    }

    @Test void itIsForTheTimeBetweenTransactions() {
        assertThat(talk.lines("""
            ETRN branch.example
            EHLO client.example
            etrn @Branch.Example.
            MAIL FROM:<ann@client.example>
            ETRN branch.example
            RCPT TO:<bob@example.org>
            ETRN branch.example
            RSET
            ETRN #night
            """)).startsWith("""
            220 mx.example.org ESMTP
            503 5.5.1 Greet first
            """).endsWith("""
            250 2.0.0 OK, queuing for node @branch.example started
            250 2.1.0 Ok
            503 5.5.1 Not during a mail transaction
            250 2.1.5 Ok
            503 5.5.1 Not during a mail transaction
            250 2.0.0 Ok
            250 2.0.0 OK, queuing for node #night started
            """);
        assertThat(asked).containsExactly("@branch.example", "#night");
    }

    @Test void mistakesAreToldAndNothingIsAsked() {
        assertThat(talk.lines("""
            HELO client.example
            ETRN
            ETRN a.example b.example
            ETRN [127.0.0.1]
            """)).endsWith("""
            500 5.5.4 Expected ETRN and one node: a domain, @domain or #queue
            500 5.5.4 Expected ETRN and one node: a domain, @domain or #queue
            501 5.5.4 A node is a domain name, not an address
            """);
        assertThat(talk.lines("HELO client.example\nETRN " + "a".repeat(600) + "\n")).contains("\n500 5.5.2");
        talk.settings(SessionSettings.smtp("mx.example.org").withTolerance(new SessionSettings.Tolerance(false, true)));
        for (var stray : List.of("\n", "\r", "\0")) {
            assertThat(talk.octets("HELO client.example\r\nETRN a.example" + stray + ".b\r\n")).contains("500 5.5.2");
        }
        assertThat(asked).isEmpty();
    }

    @Test void aSubmissionListenerWantsTlsAndALoginFirst() {
        talk.settings(SessionSettings.submission("mx.example.org"));
        assertThat(talk.lines("EHLO client.example\nETRN branch.example\n")).endsWith("530 5.7.0 STARTTLS first\n");
        assertThat(talk.secured().lines("EHLO client.example\nETRN branch.example\n"))
            .endsWith("530 5.7.0 Authentication required\n");
        assertThat(asked).isEmpty();
    }

    @Test void neitherPatienceNorWorkIsWithoutEnd() {
        assertThat(talk.lines("HELO client.example\n" + "ETRN branch.example\n".repeat(200)))
            .endsWith("421 4.7.0 Too many commands without mail, closing\n");
        assertThat(asked).hasSizeLessThan(101);
        talk.flush(flush(new QueueFlush.Result.NotAllowed("no")));
        assertThat(talk.lines("HELO client.example\n" + "ETRN branch.example\n".repeat(200)))
            .endsWith("421 4.7.0 Too many errors, closing the connection\n");
        assertThat(talk.events()).filteredOn(SessionEvent.CommandRefused.class::isInstance).hasSizeGreaterThan(20);
    }

    @Test void aBrokenPortIsOurFaultAndTemporary() {
        talk.flush(new QueueFlush() {
            @Override public boolean isOfferedTo(Client client) {
                return true;
            }

            @Override public Result start(Client client, EtrnNode node) {
                throw new IllegalStateException("a bug");
            }
        });
        assertThat(talk.lines("HELO client.example\nETRN branch.example\nNOOP\n")).endsWith("""
            458 4.3.0 Unable to queue messages for node branch.example
            250 2.0.0 Ok
            """);
        assertThat(talk.events()).anyMatch(SessionEvent.Fault.class::isInstance);
    }
}
