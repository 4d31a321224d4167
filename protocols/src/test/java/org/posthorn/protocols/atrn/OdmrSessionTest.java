package org.posthorn.protocols.atrn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.client.ClientDeadlines;
import org.posthorn.protocols.client.ClientSettings;
import org.posthorn.protocols.client.SmtpClient;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.protocols.etrn.QueueFlush;
import org.posthorn.protocols.net.MemoryWire;
import org.posthorn.protocols.net.Wire;
import org.posthorn.protocols.sasl.FixedUser;
import org.posthorn.protocols.sasl.Mechanisms;
import org.posthorn.protocols.smtp.RecordingSink;
import org.posthorn.protocols.smtp.ScriptedPolicy;
import org.posthorn.protocols.smtp.SessionEvent;
import org.posthorn.protocols.smtp.SessionPorts;
import org.posthorn.protocols.smtp.SessionSettings;

/** On-demand mail relay as the customer sees it (RFC 2645). */
class OdmrSessionTest {

    private static final String LOGIN = "EHLO branch.example\nAUTH PLAIN AGFubkBleGFtcGxlLm9yZwBwZW5jaWw=\n";
    private static final String WELCOME = """
        220 mx.example.org ESMTP ODMR
        250-mx.example.org
        250-ENHANCEDSTATUSCODES
        250-ATRN
        250-AUTH SCRAM-SHA-256 PLAIN LOGIN
        250 HELP
        235 2.7.0 Authentication succeeded
        """;

    private final List<SessionEvent> events = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private final List<String> handed = new ArrayList<>();
    private final AtomicReference<OdmrSession> session = new AtomicReference<>();
    private QueueTurn turn = (client, domains) -> {
        asked.add(client.user() + " " + domains);
        return new QueueTurn.Result.Ready(new Handover());
    };

    /** Says only hello and good-bye. */
    private final class Handover implements QueueTurn.Handover {
        @Override public void run(Wire wire) {
            var client = new SmtpClient(wire, new ClientSettings("mx.example.org", TlsMode.NEVER,
                ClientDeadlines.RFC_5321));
            handed.add(client.open().isEmpty() ? "open" : "trouble");
            client.quit();
        }

        @Override public void endSoon() {
            handed.add("soon");
        }

        @Override public void close() {
            handed.add("closed");
        }
    }

    private String talk(MemoryWire wire) {
        session.set(new OdmrSession("c1", wire, SessionSettings.smtp("mx.example.org"),
            new SessionPorts(new ScriptedPolicy(), new RecordingSink(), Mechanisms.of(new FixedUser(), new Random(1)),
                QueueFlush.none(), turn, (_, event) -> events.add(event))));
        session.get().run();
        return wire.sent();
    }

    private String lines(String lines) {
        return talk(MemoryWire.ofLines(lines).secured());
    }

    private String answerTo(String command) {
        var said = lines(LOGIN + command + "\n").lines().toList();
        return said.getLast();
    }

    @Test void afterAtrnTheCustomerIsTheServerOnTheSameConnection() {
        assertThat(lines(LOGIN + """
            ATRN Branch.example,other.example
            220 branch.example ready to receive email
            250-branch.example
            250 SIZE
            221 branch.example closing
            """)).isEqualTo(WELCOME + """
            250 2.0.0 OK now reversing the connection
            EHLO mx.example.org
            QUIT
            """);
        assertThat(asked).containsExactly("ann@example.org [branch.example, other.example]");
        assertThat(handed).containsExactly("open", "closed");
        assertThat(events.getLast()).isEqualTo(new SessionEvent.Closed(SessionEvent.Reason.TURNED));
    }

    @Test void atrnIsOfferedBeforeAndAfterTheLogin() {
        assertThat(lines("EHLO branch.example\n")).contains("250-ATRN\n");
        assertThat(lines(LOGIN + "EHLO branch.example\n")).endsWith("250-ATRN\n250 HELP\n");
    }

    @Test void withoutDomainsAllOfTheUsersAreMeant() {
        lines(LOGIN + "ATRN\n");
        assertThat(asked).containsExactly("ann@example.org []");
    }

    @Test void whoHasNotLoggedInIsTold530() {
        assertThat(lines("EHLO branch.example\nATRN branch.example\nATRN ,\n"))
            .endsWith("530 5.7.0 Authentication required\n530 5.7.0 Authentication required\n");
        assertThat(lines("ATRN branch.example\n")).endsWith("503 5.5.1 Greet first\n");
        assertThat(asked).isEmpty();
    }

    @Test void eachRefusalHasItsCodeAndTheSessionGoesOn() {
        turn = (_, _) -> new QueueTurn.Result.NoMail();
        assertThat(answerTo("ATRN")).isEqualTo("453 4.0.0 You have no mail");
        turn = (_, _) -> new QueueTurn.Result.Refused("not yours");
        assertThat(answerTo("ATRN")).isEqualTo("450 4.7.1 ATRN request refused: not yours");
        turn = (_, _) -> new QueueTurn.Result.Unable();
        assertThat(lines(LOGIN + "ATRN\nNOOP\n"))
            .endsWith("451 4.3.0 Unable to process ATRN request now\n250 2.0.0 Ok\n");
        assertThat(answerTo("ATRN a b")).startsWith("501 5.5.4 ");
    }

    @Test void aPortThatBreaksIsUnableForNow() {
        turn = (_, _) -> {
            throw new IllegalStateException("a bug");
        };
        assertThat(answerTo("ATRN")).startsWith("451 4.3.0 ");
        assertThat(events).anyMatch(event -> event instanceof SessionEvent.Fault(var port, _)
            && port.equals("turn.ask"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"MAIL FROM:<ann@example.org>", "RCPT TO:<bob@example.org>", "DATA", "VRFY bob", "EXPN all",
        "ETRN branch.example"})
    void noMailComesInHere(String command) {
        assertThat(answerTo(command)).isEqualTo("502 5.5.1 Command not implemented");
    }

    @Test void whatFollowsBdatIsNeverTakenForCommands() {
        assertThat(talk(new MemoryWire(List.of(octets("EHLO x\r\n"), octets("BDAT 6 LAST\r\nQUIT\r\n"))).secured()))
            .endsWith("502 5.5.1 Command not implemented\n");
    }

    @Test void octetsThatFollowAtrnAreRefusedAndNothingIsHandedOver() {
        var wire = new MemoryWire(List.of(octets("EHLO branch.example\r\n"),
            octets("AUTH PLAIN AGFubkBleGFtcGxlLm9yZwBwZW5jaWw=\r\n"),
            octets("ATRN\r\n220 forged.example\r\n250 forged.example\r\n"))).secured();
        assertThat(talk(wire)).isEqualTo(WELCOME + "554 5.5.0 You sent on without waiting for the reply\n");
        assertThat(asked).isEmpty();
        assertThat(handed).isEmpty();
    }

    @Test void octetsThatComeWhileTheQueueIsLookedAtAreRefusedToo() {
        var wire = MemoryWire.ofLines(LOGIN + "ATRN\n220 forged.example\n").secured();
        turn = (_, _) -> {
            wire.talksFirst();
            return new QueueTurn.Result.Ready(new Handover());
        };
        assertThat(talk(wire)).endsWith("554 5.5.0 You sent on without waiting for the reply\n");
        assertThat(handed).containsExactly("closed");
    }

    @Test void aHandoverThatBreaksIsAFaultAndIsClosed() {
        turn = (_, _) -> new QueueTurn.Result.Ready(new QueueTurn.Handover() {
            @Override public void run(Wire wire) {
                throw new IllegalStateException("a bug");
            }

            @Override public void endSoon() {
                throw new AssertionError("nobody stops");
            }

            @Override public void close() {
                handed.add("closed");
            }
        });
        var wire = MemoryWire.ofLines(LOGIN + "ATRN\n").secured();
        assertThat(talk(wire)).endsWith("250 2.0.0 OK now reversing the connection\n");
        assertThat(handed).containsExactly("closed");
        assertThat(wire.isClosed()).isTrue();
    }

    @Test void aServerThatStopsLetsTheMessageOnItsWayBeTheLast() {
        turn = (_, _) -> {
            session.get().endSoon();
            return new QueueTurn.Result.Ready(new Handover());
        };
        lines(LOGIN + "ATRN\n");
        assertThat(handed).first().isEqualTo("soon");
    }

    private static byte[] octets(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }
}
