package org.posthorn.server.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.smtp.Peer;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.server.chain.TestMail;
import org.posthorn.server.spool.Event;
import org.posthorn.server.spool.NewRecipient;
import org.posthorn.server.spool.RecipientState;

class ProcessorPolicyTest {

    private static final String FAULT = "451 4.3.0 The policy cannot be asked now, please try again later";

    @TempDir Path folder;
    private Talk talk;

    @BeforeEach void open() {
        talk = new Talk(folder);
    }

    @Test void aConnectionIsRefusedByItsAddress() {
        talk.policy("""
            <processor state="connect">
              <mailet match="RemoteAddrInNetwork=203.0.113.0/24" class="Disconnect">
                <reply>554 5.7.1 No</reply>
              </mailet>
              <mailet match="RemoteAddrInNetwork=2001:db8::/32" class="Reject"/>
            </processor>""");
        assertThat(talk.connect()).isEqualTo("554 5.7.1 No and close");
        assertThat(talk.as(Peer.Greeting.NONE, "2001:db8::1", "").connect())
            .isEqualTo("550 5.7.1 Refused by local policy");
        assertThat(talk.as(Peer.Greeting.NONE, "192.0.2.9", "").connect()).isEqualTo("ok");
    }

    @Test void aRuleForAllFitsAConnection() {
        talk.policy("<processor state=\"connect\"><mailet match=\"All\" class=\"Defer\"/></processor>");
        assertThat(talk.connect()).startsWith("451 4.7.1 ");
    }

    @Test void theFirstAnswerWins() {
        talk.policy("""
            <processor state="rcpt">
              <mailet match="RecipientIs=bob@example.org" class="Accept"/>
              <mailet match="HostIsLocal" class="Reject"><reply>550 5.1.1 First</reply></mailet>
              <mailet match="All" class="Reject"><reply>550 5.1.2 Second</reply></mailet>
            </processor>""");
        assertThat(talk.rcpt("bob@example.org")).isEqualTo("ok");
        assertThat(talk.rcpt("ann@example.org")).isEqualTo("550 5.1.1 First");
        assertThat(talk.rcpt("ann@far.example")).isEqualTo("550 5.1.2 Second");
    }

    @Test void whileMemoryIsShortOnlyWhoLoggedInIsServed() {
        talk.policy("<processor state=\"rcpt\"><mailet match=\"All\" class=\"Accept\"/></processor>");
        talk.memoryIsShort = true;
        assertThat(talk.rcpt("ann@example.org")).startsWith("452 4.3.1 ");
        assertThat(talk.as(Peer.Greeting.EHLO, "203.0.113.9", "ann@example.org").rcpt("ann@example.org"))
            .isEqualTo("ok");
    }

    @Test void whatNoStepDecidedIsNoRelay() {
        talk.policy("<processor state=\"rcpt\"/>");
        assertThat(talk.rcpt("ann@example.org")).isEqualTo("ok");
        assertThat(talk.rcpt("ann@relay.example")).isEqualTo("ok");
        assertThat(talk.rcpt("ann@far.example")).isEqualTo("550 5.7.1 Relaying denied");
        assertThat(talk.as(Peer.Greeting.EHLO, "198.51.100.7", "").rcpt("ann@far.example")).isEqualTo("ok");
        assertThat(talk.as(Peer.Greeting.EHLO, "203.0.113.9", "ann@example.org").rcpt("ann@far.example"))
            .isEqualTo("ok");
    }

    @Test void whatIsHeldIsNoRelayEither() {
        talk.policy("<processor state=\"rcpt\"><mailet match=\"All\" class=\"Hold\"/></processor>");
        assertThat(talk.rcpt("ann@example.org")).isEqualTo("ok");
        assertThat(talk.rcpt("ann@far.example")).isEqualTo("550 5.7.1 Relaying denied");
    }

    @Test void aBrokenDirectoryIsTemporary() {
        talk.policy("""
            <processor state="rcpt">
              <mailet notmatch="RecipientIsKnown" class="Reject"><reply>550 5.1.1 No such user</reply></mailet>
            </processor>""");
        talk.fixture.workshop.breakDirectory();
        assertThat(talk.rcpt("ann@example.org")).isEqualTo(FAULT);
        talk.policy("<processor state=\"rcpt\"/>");
        assertThat(talk.rcpt("ann@example.org")).isEqualTo(FAULT);
    }

    @Test void withoutAChainEverythingIsTemporary() {
        assertThat(talk.connect()).isEqualTo(FAULT);
        assertThat(talk.rcpt("ann@example.org")).isEqualTo(FAULT);
    }

    @Test void addressesThatNoMailetCanHandleAreRefused() {
        talk.policy("<processor state=\"rcpt\"/>");
        assertThat(talk.rcpt(Recipient.of(new Mailbox("ann", "[IPv6:2001:db8::1]")))).startsWith("5");
    }

    @Test void aPauseIsMade() {
        talk.policy("""
            <processor state="rcpt"><mailet match="All" class="Delay"><for>5 s</for></mailet></processor>""");
        assertThat(talk.rcpt("ann@example.org")).isEqualTo("ok");
        assertThat(talk.fixture.workshop.pauses).containsExactly(Duration.ofSeconds(5));
    }

    @Test void holdAndDiscardAtRcptAreFirstStates() throws Exception {
        talk.policy("""
            <processor state="rcpt">
              <mailet match="RecipientIs=ann@example.org" class="Hold"><name>look</name></mailet>
              <mailet match="RecipientIs=bob@example.org" class="Discard"/>
            </processor>""");
        talk.rcpt("ann@example.org");
        talk.rcpt("bob@example.org");
        talk.rcpt("postmaster@example.org");
        var take = (DataVerdict.Take) talk.data(TestMail.MESSAGE);
        var now = talk.clock.instant();
        var pending = new RecipientState.Pending("root", now, 0, false);
        assertThat(take.recipients()).extracting(NewRecipient::state).containsExactly(
            new RecipientState.Held("look", pending),
            new RecipientState.Discarded("rcpt#2 RecipientIs=bob@example.org Discard (processors.xml:4)"), pending);
        assertThat(take.variants()).hasSize(1);
        assertThat(TestMail.text(take.variants().getFirst().content())).isEqualTo(TestMail.MESSAGE);
        assertThat(take.history()).extracting(Event::what).containsExactly("accepted", "held", "discarded");
    }

    @Test void notesOfConnectAndRcptAreThereAtDataAndInTheSpool() throws Exception {
        talk.policy("""
            <processor state="connect"><mailet class="SetMailAttribute"><a>1</a></mailet></processor>
            <processor state="rcpt"><mailet class="SetMailAttribute"><b>2</b></mailet></processor>
            <processor state="data">
              <matcher name="noted" match="And">
                <matcher match="HasMailAttribute=a"/><matcher match="HasMailAttribute=b"/>
              </matcher>
              <mailet notmatch="noted" class="Reject"/>
            </processor>""");
        talk.connect();
        talk.rcpt("ann@example.org");
        var take = (DataVerdict.Take) talk.data(TestMail.MESSAGE);
        assertThat(take.variants().getFirst().attributes()).contains("\"a\"").contains("\"b\"");
        talk.reset();
        talk.policy("""
            <processor state="data"><mailet match="HasMailAttribute=b" class="Reject"/></processor>
            <processor state="rcpt"><mailet notmatch="HasMailAttribute=a" class="Reject"/></processor>""");
        assertThat(talk.rcpt("ann@example.org")).isEqualTo("ok");   // a is the connection's
        assertThat(Talk.text(talk.data(TestMail.MESSAGE))).isEqualTo("ann@example.org Pending");   // b went with RSET
    }

    @Test void aRejectedMessageIsRefusedWithTheReply() {
        talk.policy("""
            <processor state="data">
              <mailet match="HasHeader=X-Odd" class="Reject"><reply>550 5.7.1 Odd</reply></mailet>
            </processor>
            <processor state="rcpt"/>""");
        talk.rcpt("ann@example.org");
        assertThat(Talk.text(talk.data(TestMail.MESSAGE))).isEqualTo("550 5.7.1 Odd");
        assertThat(Talk.text(talk.data("From: a@b\r\n\r\nhello\r\n"))).isEqualTo("ann@example.org Pending");
    }

    @Test void overSmtpARecipientRefusedAtDataIsReported() {
        talk.policy("""
            <processor state="data">
              <mailet match="RecipientIs=ann@example.org" class="Reject"><reply>550 5.7.1 Not Ann</reply></mailet>
            </processor>
            <processor state="rcpt"/>""");
        talk.rcpt("ann@example.org");
        talk.rcpt("bob@example.org");
        var take = (DataVerdict.Take) talk.data(TestMail.MESSAGE);
        assertThat(Talk.text(take)).isEqualTo("ann@example.org Failed, bob@example.org Pending");
        assertThat(take.refused()).containsOnlyKeys(0);
    }

    @Test void overSmtpADeferralOfOneDefersAllAndOverLmtpEachHasItsReply() {
        talk.policy("""
            <processor state="data">
              <mailet match="RecipientIs=ann@example.org" class="Defer"><reply>451 4.7.1 Later</reply></mailet>
              <mailet match="RecipientIs=bob@example.org" class="Reject"><reply>550 5.7.1 Never</reply></mailet>
            </processor>
            <processor state="rcpt"/>""");
        talk.rcpt("ann@example.org");
        talk.rcpt("bob@example.org");
        assertThat(Talk.text(talk.data(TestMail.MESSAGE))).isEqualTo("451 4.7.1 Later");
        var take = (DataVerdict.Take) talk.as(Peer.Greeting.LHLO, "203.0.113.9", "").data(TestMail.MESSAGE);
        assertThat(take.refused().get(0)).hasToString("451 4.7.1 Later");
        assertThat(take.refused().get(1)).hasToString("550 5.7.1 Never");
    }

    @Test void headersOfDataAreInTheStoredFormAndTheBodyIsAsItCame() throws Exception {
        talk.policy("""
            <processor state="data">
              <mailet match="RecipientIs=ann@example.org" class="SetMimeHeader">
                <name>X-A</name><value>1</value>
              </mailet>
            </processor>
            <processor state="rcpt"/>""");
        talk.rcpt("ann@example.org");
        talk.rcpt("bob@example.org");
        var take = (DataVerdict.Take) talk.data(TestMail.MESSAGE);
        assertThat(take.variants()).hasSize(2);
        var forms = take.recipients().stream().map(NewRecipient::variant).toList();
        assertThat(TestMail.text(take.variants().get(forms.get(0)).content()))
            .isEqualTo(TestMail.MESSAGE.replace("  came\r\n", "  came\r\nX-A: 1\r\n"));
        assertThat(TestMail.text(take.variants().get(forms.get(1)).content())).isEqualTo(TestMail.MESSAGE);
    }

    @Test void aFaultAtDataRefusesTheMessage() {
        talk.policy("""
            <processor state="data"><mailet match="HostIsLocal" class="Reject"/></processor>
            <processor state="rcpt"><mailet match="All" class="Accept"/></processor>""");
        talk.rcpt("ann@far.example");
        talk.fixture.workshop.breakDirectory();
        assertThat(Talk.text(talk.data(TestMail.MESSAGE))).isEqualTo(FAULT);
    }

    @Test void recipientsAreNotMadeBeforeThe250() {
        talk.policy("""
            <processor state="data"><mailet class="UseHeaderRecipients"/></processor>
            <processor state="rcpt"/>""");
        talk.rcpt("ann@example.org");
        assertThat(Talk.text(talk.data("To: bob@example.org\r\n\r\nhello\r\n"))).isEqualTo(FAULT);
    }

    @Test void theSameRecipientTwiceIsAnsweredTwice() {
        talk.policy("<processor state=\"rcpt\"/>");
        talk.rcpt("ann@example.org");
        talk.rcpt(new Recipient(TestMail.box("ANN@example.org"), Set.of(), ""));
        assertThat(Talk.text(talk.data(TestMail.MESSAGE)))
            .isEqualTo("ann@example.org Pending, ANN@example.org Pending");
    }
}
