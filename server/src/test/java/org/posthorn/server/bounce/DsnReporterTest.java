package org.posthorn.server.bounce;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Handling;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.MailParameters.Body;
import org.posthorn.protocols.smtp.MailParameters.Ret;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.smtp.Recipient.Notify;
import org.posthorn.protocols.wire.Content;
import org.posthorn.server.spool.Change;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.NewMessage;
import org.posthorn.server.spool.NewRecipient;
import org.posthorn.server.spool.NewVariant;
import org.posthorn.server.spool.Origin;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.SpooledMessage;
import org.posthorn.server.spool.TestMessages;
import org.posthorn.server.spool.Variant;

class DsnReporterTest {

    private static final Instant ARRIVED = Instant.parse("2026-03-01T09:30:00Z");
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final String MESSAGE = "Subject: Lunch\r\nFrom: ann@example.org\r\n\r\nToday?\r\n";

    private static final String GOLDEN = """
        From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
        To: <ann@example.org>
        Subject: Not delivered: your message to nobody@example.net and others
        Date: Sun, 1 Mar 2026 12:00:00 +0000
        Message-ID: <2002.report@mx.example.org>
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status;
        \tboundary="=_2002.bb1ad57319b89cd8"

        This is a report in the format of RFC 3464.

        --=_2002.bb1ad57319b89cd8
        Content-Type: text/plain; charset=us-ascii

        This is the mail server mx.example.org.

        Your message of Sun, 1 Mar 2026 09:30:00 +0000 could not be delivered to
        these addresses:

          nobody@example.net
            The server mx.example.net said: 550 5.1.1 No such user
            There is no such mailbox. Look for a typing error in the address, or ask
            the person for a new one.

          far@example.net
            We found: 451 4.4.7 Not delivered within 5 days; last answer: 451 4.4.1
            while connecting: refused
            We tried for a long time and gave up. Send the message again later, or
            reach the person in another way.

        Nobody else is concerned: to all other recipients the message was or will be
        delivered, or you get another report.

        If you need help, forward this report to postmaster@mx.example.org and name
        the message: 2001.

        --=_2002.bb1ad57319b89cd8
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.org
        Original-Envelope-Id: QQ+314159
        Arrival-Date: Sun, 1 Mar 2026 09:30:00 +0000

        Original-Recipient: rfc822; old+name@example.com
        Final-Recipient: rfc822; nobody@example.net
        Action: failed
        Status: 5.1.1
        Remote-MTA: dns; mx.example.net
        Diagnostic-Code: smtp; 550 5.1.1 No such user
        Last-Attempt-Date: Sun, 1 Mar 2026 12:00:00 +0000

        Final-Recipient: rfc822; far@example.net
        Action: failed
        Status: 4.4.7
        Diagnostic-Code: x-posthorn; 451 4.4.7 Not delivered within 5 days; last
         answer: 451 4.4.1 while connecting: refused
        Last-Attempt-Date: Sun, 1 Mar 2026 12:00:00 +0000

        --=_2002.bb1ad57319b89cd8
        Content-Type: text/rfc822-headers
        Content-Transfer-Encoding: 7bit
        Content-Description: The header of your message

        Subject: Lunch
        From: ann@example.org


        --=_2002.bb1ad57319b89cd8--
        """;

    private final InMemorySpool spool = new InMemorySpool();
    private final DsnReporter reporter =
        new DsnReporter(spool, new BounceConfig("mx.example.org", 1_000, "root"), () -> NOW, new Random(1),
            new Tally());
    private MailParameters parameters = MailParameters.NONE;
    private ReversePath sender = ReversePath.of(new Mailbox("ann", "example.org"));

    private SpooledMessage message(String text, Recipient... recipients) {
        var routed = TestMessages.toExampleNet(NOW, 1, "");
        var message = new NewMessage(spool.nextId(),
            new Origin(sender, parameters, ARRIVED, "smtp", "192.0.2.7", "client", ""),
            List.of(new NewVariant(TestMessages.draft(spool, text), "")),
            java.util.stream.Stream.of(recipients).map(r -> new NewRecipient(r, 0, routed)).toList(), List.of());
        spool.commit(Change.accept(message));
        return spool.find(message.id()).orElseThrow();
    }

    private static Notice failure(SpooledMessage message, int number, String reply, String host) {
        return Notice.failed(message.recipients().get(number), reply, host);
    }

    private static NewMessage only(Reporter.Reports reports) {
        assertThat(reports.messages()).hasSize(1);
        return reports.messages().getFirst();
    }

    private static String text(NewMessage report) {
        return TestMessages.text(report.variants().getFirst().content()).replace("\r\n", "\n");
    }

    private String report(String text, Recipient recipient, String reply, String host) {
        var message = message(text, recipient);
        return text(only(reporter.report(message, List.of(failure(message, 0, reply, host)))));
    }

    private static Recipient nobody() {
        return Recipient.of(new Mailbox("nobody", "example.net"));
    }

    @Test void aReportSaysWhatHappenedToPeopleAndToPrograms() {
        parameters = new MailParameters(-1, Body.SEVEN_BIT, false, Ret.HDRS, "QQ+2B314159");
        var message = message(MESSAGE,
            new Recipient(new Mailbox("nobody", "example.net"), Set.of(Notify.FAILURE),
                "rfc822;old+2Bname@example.com"),
            Recipient.of(new Mailbox("far", "example.net")));
        var report = only(reporter.report(message, List.of(
            failure(message, 0, "550 5.1.1 No such user", "mx.example.net"),
            failure(message, 1, "451 4.4.7 Not delivered within 5 days; last answer: 451 4.4.1 while connecting:"
                + " refused", ""))));
        assertThat(text(report)).isEqualTo(GOLDEN);
        assertThat(report.origin().sender().isNull()).isTrue();
        assertThat(report.origin().listener()).isEqualTo("internal");
        assertThat(report.recipients()).singleElement().satisfies(recipient -> {
            assertThat(recipient.recipient().mailbox()).isEqualTo(new Mailbox("ann", "example.org"));
            assertThat(recipient.state()).isEqualTo(new RecipientState.Pending("root", NOW, 0, false));
        });
    }

    @Test void theWholeMessageComesBackOnlyWhenAskedForAndSmall() {
        parameters = new MailParameters(-1, Body.SEVEN_BIT, false, Ret.FULL, "");
        assertThat(report(MESSAGE, nobody(), "550 No", "h")).contains("Content-Type: message/rfc822\n")
            .contains("\nToday?\n");
        var largest = MESSAGE + "x".repeat(1_000 - MESSAGE.length());
        assertThat(report(largest, nobody(), "550 No", "h")).contains("Content-Type: message/rfc822\n");
        assertThat(report(largest + "x", nobody(), "550 No", "h"))
            .contains("Content-Type: text/rfc822-headers\n").doesNotContain("Today?");
    }

    /** RFC 8689 section 5: the header at most, and no less protected. */
    @Test void aReportOnASecretMessageIsAsSecret() {
        parameters = new MailParameters(-1, Body.SEVEN_BIT, false, Ret.FULL, "").with(Handling.NONE.requireTls(true));
        var message = message(MESSAGE, nobody());
        var report = only(reporter.report(message, List.of(failure(message, 0, "550 5.7.30 No", ""))));
        assertThat(text(report)).contains("Content-Type: text/rfc822-headers\n").doesNotContain("Today?");
        assertThat(report.origin().parameters().handling().requireTls()).isTrue();
    }

    @Test void aMessageThatCannotBeReadIsReportedWithoutItsHeader() {
        var message = message(MESSAGE, nobody());
        var damaged = new Content() {
            @Override public long octets() {
                return 10;
            }

            @Override public InputStream open() throws IOException {
                throw new IOException("damaged");
            }
        };
        var unreadable = new SpooledMessage(message.id(), message.origin(), List.of(new Variant(0, damaged, "")),
            message.recipients());
        assertThat(text(only(reporter.report(unreadable, List.of(failure(message, 0, "550 No", ""))))))
            .contains("Status: 5.0.0").doesNotContain("Lunch");
    }

    @Test void nothingIsReportedToTheNullSender() {
        sender = ReversePath.none();
        var message = message(MESSAGE, nobody());
        assertThat(reporter.report(message, List.of(failure(message, 0, "550 No", ""))).messages())
            .noneMatch(report -> report.recipients().getFirst().recipient().mailbox().localPart().isEmpty());
    }

    @Test void onlyThoseAreReportedWhoseNotifyAllowsIt() {
        var message = message(MESSAGE, new Recipient(new Mailbox("never", "e.net"), Set.of(Notify.NEVER), ""),
            new Recipient(new Mailbox("success", "e.net"), Set.of(Notify.SUCCESS, Notify.DELAY), ""),
            new Recipient(new Mailbox("failure", "e.net"), Set.of(Notify.FAILURE), ""));
        assertThat(reporter.report(message, List.of(failure(message, 0, "550 No", ""),
            failure(message, 1, "550 No", ""))).messages()).isEmpty();
        assertThat(text(only(reporter.report(message, List.of(failure(message, 0, "550 No", ""),
            failure(message, 2, "550 No", "")))))).contains("failure@e.net").doesNotContain("never@e.net");
    }

    @Test void peerWordsBeyondAsciiAreEncodedAndCannotBreakOut() {
        var text = report(MESSAGE, nobody(), "550 5.7.1 Verboten f\u00fcr = alle " + "x".repeat(2_000), "h");
        assertThat(text).contains("Content-Transfer-Encoding: quoted-printable").contains("f=C3=BCr =3D alle")
            .contains("Verboten f?r = alle");
        assertThat(text.lines()).allMatch(line -> line.length() <= 998);
        assertThat(text.chars()).allMatch(c -> c < 128);
    }

    @Test void internationalizedMessagesComeBackInTheirOwnTypes() {
        parameters = new MailParameters(-1, Body.EIGHT_BIT_MIME, true, Ret.UNSPECIFIED, "");
        sender = ReversePath.of(new Mailbox("j\u00fcrgen", "example.org"));
        var message = message("Subject: \u00fc\r\n\r\nx\r\n", Recipient.of(new Mailbox("\u6c34", "example.net")));
        var report = only(reporter.report(message, List.of(failure(message, 0, "550 5.1.1 No", "h"))));
        assertThat(text(report)).contains("Final-Recipient: utf-8; \u6c34@example.net")
            .contains("Content-Type: message/global-delivery-status\nContent-Transfer-Encoding: 8bit")
            .contains("Content-Type: message/global-headers\nContent-Transfer-Encoding: 8bit")
            .contains("To: <j\u00fcrgen@example.org>");
        assertThat(report.origin().parameters().smtpUtf8()).isTrue();
        assertThat(report.origin().parameters().body()).isEqualTo(Body.EIGHT_BIT_MIME);
    }

    /** RFC 6533 section 3: only what is internationalized needs the new types. */
    @Test void aWholeMessageComesBackAsItIs() {
        parameters = new MailParameters(-1, Body.EIGHT_BIT_MIME, true, Ret.FULL, "");
        assertThat(report("Subject: \u00fc\r\n\r\nx\r\n", nobody(), "550 No", "h")).contains(
            "Content-Type: message/global\nContent-Transfer-Encoding: 8bit\nContent-Description: Your message\n\n"
                + "Subject: \u00fc\n\nx\n").contains("Content-Type: message/delivery-status\n");
        assertThat(report(MESSAGE, nobody(), "550 No", "h"))
            .contains("Content-Type: message/rfc822\nContent-Transfer-Encoding: 7bit\n");
        parameters = new MailParameters(-1, Body.EIGHT_BIT_MIME, false, Ret.FULL, "");
        assertThat(report(MESSAGE + "\u00fc\r\n", nobody(), "550 No", "h"))
            .contains("Content-Type: message/rfc822\nContent-Transfer-Encoding: 8bit\n");
    }

    /** Its octets are no lines, and a report that no host takes tells nobody anything. */
    @Test void aBinaryMessageComesBackAsItsHeader() {
        parameters = new MailParameters(-1, Body.BINARY_MIME, false, Ret.FULL, "");
        assertThat(report(MESSAGE + "\0\n\n\0", nobody(), "550 No", "h"))
            .contains("Content-Type: text/rfc822-headers\n").doesNotContain("Today?").doesNotContain("\0");
        sender = ReversePath.none();
        assertThat(report(MESSAGE + "\0\n\n\0", nobody(), "550 No", "h")).as("to the postmaster")
            .contains("Content-Type: text/rfc822-headers\n").doesNotContain("\0");
    }

    @Test void anOriginalRecipientOfTypeUtf8IsWrittenAsTheReportMayBe() {
        var bob = new Mailbox("bob", "example.net");
        for (var written : List.of("utf-8;\\x{6C34}@example.net", "utf-8;\u6c34@example.net")) {
            parameters = MailParameters.NONE;
            assertThat(report(MESSAGE, new Recipient(bob, Set.of(), written), "550 No", "h"))
                .contains("Original-Recipient: utf-8; \\x{6C34}@example.net\n")
                .contains("Content-Type: message/delivery-status\n");
            parameters = new MailParameters(-1, Body.SEVEN_BIT, true, Ret.UNSPECIFIED, "");
            assertThat(report(MESSAGE, new Recipient(bob, Set.of(), written), "550 No", "h"))
                .contains("Original-Recipient: utf-8; \u6c34@example.net\n")
                .contains("Content-Type: message/global-delivery-status\nContent-Transfer-Encoding: 8bit\n");
        }
    }

    @Test void whatWasAskedOfTheQueueStandsInTheReport() {
        parameters = parameters.with(Handling.NONE.heldUntil(NOW.minusSeconds(60)).priority(3)
            .by(new Handling.By(NOW, true, false)));
        var message = message(MESSAGE, nobody());
        var report = only(reporter.report(message, List.of(failure(message, 0, "550 5.4.7 Late", ""))));
        assertThat(text(report)).contains("Deliver-By-Date: Sun, 1 Mar 2026 12:00:00 +0000\n")
            .contains("Future-Release-Request: until;2026-03-01T11:59:00Z\n");
        assertThat(report.origin().parameters().handling()).isEqualTo(Handling.NONE.priority(3));
    }

    @Test void remoteHostsAreNamedWithoutPort() {
        assertThat(report(MESSAGE, nobody(), "550 No", "[127.0.0.1]:2525")).contains("Remote-MTA: dns; [127.0.0.1]\n");
    }

    @Test void aReplyWithoutStatusGetsTheGeneralOne() {
        assertThat(StatusFields.status("550 No").toString()).isEqualTo("5.0.0");
        assertThat(StatusFields.status("451 4.4.7").toString()).isEqualTo("4.4.7");
        assertThat(StatusFields.status("").toString()).isEqualTo("5.0.0");
        assertThat(StatusFields.status("550 5.1.1.1").toString()).isEqualTo("5.1.1");
    }
}
