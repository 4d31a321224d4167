package org.posthorn.protocols.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.wire.Content;

/** Each test is a dialogue: S: the server, C: what the client must say. */
class SmtpClientTest {

    private static final String PLAIN = """
        S: 220 far.example ESMTP
        C: EHLO me.example
        S: 250 far.example
        """;
    private static final String PIPELINING = """
        S: 220 far.example ESMTP
        C: EHLO me.example
        S: 250-far.example
        S: 250 PIPELINING
        """;
    private static final Content HELLO = content("Subject: x\r\n\r\nHello\r\n");

    private DialogueWire wire;
    private SmtpClient client;
    private MailParameters parameters = MailParameters.NONE;
    private ReversePath sender = ReversePath.of(new Mailbox("ann", "me.example"));

    private Optional<Trouble> open(String script) {
        wire = new DialogueWire(script);
        client = new SmtpClient(wire, new ClientSettings("me.example", TlsMode.NEVER, ClientDeadlines.RFC_5321));
        return client.open();
    }

    private List<String> send(Content content, Recipient... recipients) throws IOException {
        return client.send(new Envelope(sender, parameters, List.of(recipients)), content).stream()
            .map(SmtpClientTest::text).toList();
    }

    private List<String> send(String... users) throws IOException {
        return send(HELLO, Stream.of(users).map(SmtpClientTest::to).toArray(Recipient[]::new));
    }

    static String text(RecipientResult result) {
        return switch (result) {
            case RecipientResult.Accepted(_, var reply, _) -> "accepted " + reply;
            case RecipientResult.NotAccepted(_, var trouble) ->
                (trouble.isPermanent() ? "failed " : "deferred ") + trouble.stage() + " "
                    + trouble.reply().map(Object::toString).orElse(trouble.why());
        };
    }

    private static Recipient to(String user) {
        return Recipient.of(new Mailbox(user, "far.example"));
    }

    static Content content(String text) {
        var octets = text.getBytes(StandardCharsets.UTF_8);
        return new Content() {
            @Override public long octets() {
                return octets.length;
            }

            @Override public InputStream open() {
                return new java.io.ByteArrayInputStream(octets);
            }
        };
    }

    @Test void aMessageGoesOneCommandAtATimeWithoutPipelining() throws IOException {
        assertThat(open(PLAIN + """
            C: MAIL FROM:<ann@me.example>
            S: 250 2.1.0 Ok
            C: RCPT TO:<bob@far.example>
            S: 250 2.1.5 Ok
            C: DATA
            S: 354 Go on
            C: Subject: x
            C:
            C: Hello
            C: .
            S: 250 2.0.0 Queued as 17
            C: QUIT
            S: 221 Bye
            """)).isEmpty();
        assertThat(send("bob")).containsExactly("accepted 250 2.0.0 Queued as 17");
        assertThat(client.isUsable()).isTrue();
        client.quit();
        wire.assertDone();
        assertThat(wire.isClosed()).isTrue();
    }

    @Test void aMessageGoesInTwoTripsWithPipelining() throws IOException {
        open(PIPELINING + """
            C: MAIL FROM:<ann@me.example>
            C: RCPT TO:<bob@far.example>
            C: RCPT TO:<cat@far.example>
            C: DATA
            S: 250 Ok
            S: 250 Ok
            S: 550 5.1.1 No cat here
            S: 354 Go on
            C: Subject: x
            C:
            C: Hello
            C: .
            S: 250 Ok
            """);
        assertThat(send("bob", "cat")).containsExactly("accepted 250 Ok", "failed RCPT 550 5.1.1 No cat here");
        wire.assertDone();
    }

    @Test void commandsInFlightAreBounded() throws IOException {
        var script = new StringBuilder(PIPELINING).append("C: MAIL FROM:<ann@me.example>\n");
        for (var i = 0; i < 49; i++) {
            script.append("C: RCPT TO:<u").append(i).append("@far.example>\n");
        }
        script.append("S: 250 Ok\n".repeat(50)).append("""
            C: RCPT TO:<u49@far.example>
            C: DATA
            S: 250 Ok
            S: 354 Go on
            C: Subject: x
            C:
            C: Hello
            C: .
            S: 250 Ok
            """);
        open(script.toString());
        var users = Stream.iterate(0, i -> i + 1).limit(50).map(i -> "u" + i).toArray(String[]::new);
        assertThat(send(users)).hasSize(50).allMatch(result -> result.startsWith("accepted"));
        wire.assertDone();
    }

    @Test void aDataThatNobodyGetsIsEndedByALoneDot() throws IOException {
        open(PIPELINING + """
            C: MAIL FROM:<ann@me.example>
            C: RCPT TO:<bob@far.example>
            C: DATA
            S: 250 Ok
            S: 550 5.1.1 Nobody
            S: 354 Go on
            C: .
            S: 554 No valid recipients
            """);
        assertThat(send("bob")).containsExactly("failed RCPT 550 5.1.1 Nobody");
        wire.assertDone();
    }

    @Test void aRefusedSenderIsEveryRecipientsTrouble() throws IOException {
        open(PIPELINING + """
            C: MAIL FROM:<ann@me.example>
            C: RCPT TO:<bob@far.example>
            C: RCPT TO:<cat@far.example>
            C: DATA
            S: 550 5.7.1 Not you
            S: 503 MAIL first
            S: 503 MAIL first
            S: 503 RCPT first
            """);
        assertThat(send("bob", "cat")).containsOnly("failed MAIL 550 5.7.1 Not you");
        wire.assertDone();
    }

    @Test void dotsAreStuffedAndStrayLineEndsMended() throws IOException {
        open(PLAIN + """
            C: MAIL FROM:<ann@me.example>
            S: 250 Ok
            C: RCPT TO:<bob@far.example>
            S: 250 Ok
            C: DATA
            S: 354 Go on
            C: ..
            C: ..x
            C: a
            C: ..
            C: b
            C:
            C: c
            C: .
            S: 250 Ok
            """);
        assertThat(send(content(".\r\n.x\r\na\n.\rb\r\r\nc"), to("bob"))).containsExactly("accepted 250 Ok");
        wire.assertDone();
    }

    @Test void parametersGoOnlyToServersThatOfferThem() throws IOException {
        open("""
            S: 220 far.example
            C: EHLO me.example
            S: 250-far.example
            S: 250-SIZE 1000
            S: 250-8bitmime
            S: 250-SMTPUTF8
            S: 250 DSN
            C: MAIL FROM:<j\u00fcrgen@me.example> SIZE=21 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=e+2B1
            S: 250 Ok
            C: RCPT TO:<bob@far.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bob@old.example
            S: 250 Ok
            C: DATA
            S: 550 5.6.0 No
            """);
        sender = ReversePath.of(new Mailbox("j\u00fcrgen", "me.example"));
        parameters = new MailParameters(21, MailParameters.Body.EIGHT_BIT_MIME, true, MailParameters.Ret.HDRS, "e+2B1");
        assertThat(send(HELLO, new Recipient(new Mailbox("bob", "far.example"),
            Set.of(Recipient.Notify.FAILURE, Recipient.Notify.SUCCESS), "rfc822;bob@old.example")))
            .containsExactly("failed DATA 550 5.6.0 No");
        wire.assertDone();
    }

    @Test void noParametersGoToAServerThatOffersNone() throws IOException {
        open(PLAIN + """
            C: MAIL FROM:<>
            S: 250 Ok
            C: RCPT TO:<bob@far.example>
            S: 250 Ok
            C: DATA
            S: 450 No
            """);
        sender = ReversePath.none();
        parameters = new MailParameters(21, MailParameters.Body.EIGHT_BIT_MIME, true, MailParameters.Ret.FULL, "e");
        assertThat(send(HELLO, new Recipient(new Mailbox("bob", "far.example"), Set.of(Recipient.Notify.NEVER), "x;y")))
            .containsExactly("deferred DATA 450 No");
        wire.assertDone();
    }

    @Test void aMessageLargerThanOfferedIsNotTried() throws IOException {
        open("""
            S: 220 far.example
            C: EHLO me.example
            S: 250-far.example
            S: 250 SIZE 20
            """);
        assertThat(send("bob")).singleElement().asString().startsWith("failed MAIL 552 5.3.4");
        wire.assertDone();
        assertThat(client.isUsable()).isTrue();
    }

    @Test void anInternationalizedHeaderNeedsSmtpUtf8() throws IOException {
        open(PLAIN);
        parameters = new MailParameters(-1, MailParameters.Body.EIGHT_BIT_MIME, true, MailParameters.Ret.UNSPECIFIED,
            "");
        assertThat(send(content("Subject: \u00e4\r\n\r\nx\r\n"), to("bob"))).singleElement().asString()
            .startsWith("failed MAIL 550 5.6.7");
        wire.assertDone();
    }

    @Test void anInternationalizedRecipientDoesNotStopTheOthers() throws IOException {
        open(PLAIN + """
            C: MAIL FROM:<ann@me.example>
            S: 250 Ok
            C: RCPT TO:<bob@far.example>
            S: 250 Ok
            C: DATA
            S: 354 Go on
            C: Subject: x
            C:
            C: Hello
            C: .
            S: 250 Ok
            """);
        assertThat(send("\u00fcmit", "bob")).satisfiesExactly(
            first -> assertThat(first).startsWith("failed RCPT 553 5.6.7"),
            second -> assertThat(second).startsWith("accepted"));
        wire.assertDone();
    }

    @Test void binaryGoesByBdatOrNotAtAll() throws IOException {
        open("""
            S: 220 far.example
            C: EHLO me.example
            S: 250-far.example
            S: 250-CHUNKING
            S: 250-PIPELINING
            S: 250 BINARYMIME
            C: MAIL FROM:<ann@me.example> BODY=BINARYMIME
            C: RCPT TO:<bob@far.example>
            S: 250 Ok
            S: 250 Ok
            C: BDAT 6 LAST
            C: .
            C: x
            S: 250 Ok
            """);
        parameters = new MailParameters(-1, MailParameters.Body.BINARY_MIME, false, MailParameters.Ret.UNSPECIFIED, "");
        assertThat(send(content(".\r\nx\r\n"), to("bob"))).containsExactly("accepted 250 Ok");
        wire.assertDone();
    }

    /** A full mailbox has the same code; the status tells them apart. */
    @ParameterizedTest
    @CsvSource({"552 Too many,deferred RCPT 452 4.5.3 Too many", "552 5.5.3 Too many,deferred RCPT 452 4.5.3 Too many",
        "552 5.5.0 Too many,deferred RCPT 452 4.5.3 Too many", "552 5.0.0 Too many,deferred RCPT 452 4.5.3 Too many",
        "552 5.3.0 Too many,deferred RCPT 452 4.5.3 Too many", "552 5.1.1 Nobody,failed RCPT 552 5.1.1 Nobody",
        "552 5.2.2 Mailbox full,failed RCPT 552 5.2.2 Mailbox full", "552 5.3.4 Large,failed RCPT 552 5.3.4 Large",
        "552 5.7.1 No,failed RCPT 552 5.7.1 No"})
    void fivefiftytwoToRcptMeansTooManyRecipientsUnlessItSaysOtherwise(String answer, String result)
        throws IOException {
        open(PIPELINING + """
            C: MAIL FROM:<ann@me.example>
            C: RCPT TO:<bob@far.example>
            C: RCPT TO:<cat@far.example>
            C: DATA
            S: 250 Ok
            S: 250 Ok
            S: %s
            S: 354 Go on
            C: Subject: x
            C:
            C: Hello
            C: .
            S: 250 Ok
            """.formatted(answer));
        assertThat(send("bob", "cat")).containsExactly("accepted 250 Ok", result);
    }

    /** RFC 5321 section 4.3.2: codes that nobody knows are understood by their first digit. */
    @ParameterizedTest
    @CsvSource({"299 Fine,accepted 299 Fine", "499 Hm,deferred DOT 499 Hm", "599 Oh,failed DOT 599 Oh"})
    void theFirstDigitOfACodeDecides(String answer, String result) throws IOException {
        open(PLAIN + """
            C: MAIL FROM:<ann@me.example>
            S: 259 Sender
            C: RCPT TO:<bob@far.example>
            S: 268 Recipient
            C: DATA
            S: 399 Text
            C: Subject: x
            C:
            C: Hello
            C: .
            """ + "S: " + answer);
        assertThat(send("bob")).containsExactly(result);
        wire.assertDone();
    }

    @ParameterizedTest
    @ValueSource(strings = {"S: 25x Ok", "S: Ok", "S: 250=Ok", "S! close", "S! silence", "S: 354 Go on"})
    void anAnswerThatIsNoneIsTemporary(String answer) throws IOException {
        open(PLAIN + "C: MAIL FROM:<ann@me.example>\n" + answer);
        assertThat(send("bob")).singleElement().asString().startsWith("deferred MAIL");
    }

    /** Nobody knows what it waits for then. */
    @Test void aTextThatIsNotAskedForIsNotSent() throws IOException {
        open(PLAIN + """
            C: MAIL FROM:<ann@me.example>
            S: 250 Ok
            C: RCPT TO:<bob@far.example>
            S: 250 Ok
            C: DATA
            S: 250 Ok
            """);
        assertThat(send("bob")).singleElement().asString().startsWith("deferred DATA the answer to DATA");
        assertThat(client.isUsable()).isFalse();
        wire.assertDone();
    }

    @Test void aConnectionLostAfterTheDotIsTemporary() throws IOException {
        open(PLAIN + """
            C: MAIL FROM:<ann@me.example>
            S: 250 Ok
            C: RCPT TO:<bob@far.example>
            S: 250 Ok
            C: DATA
            S: 354 Go on
            C: Subject: x
            C:
            C: Hello
            C: .
            S! close
            """);
        assertThat(send("bob")).containsExactly("deferred DOT connection closed");
        assertThat(client.isUsable()).isFalse();
        wire.assertDone();
    }

    @Test void aClosingServerAnswersTheRestWithItsLastWord() throws IOException {
        open(PLAIN + """
            C: MAIL FROM:<ann@me.example>
            S: 250 Ok
            C: RCPT TO:<bob@far.example>
            S: 250 Ok
            C: RCPT TO:<cat@far.example>
            S: 421 4.3.2 Closing
            """);
        assertThat(send("bob", "cat", "dan")).containsExactly("deferred DATA 421 4.3.2 Closing",
            "deferred RCPT 421 4.3.2 Closing", "deferred RCPT 421 4.3.2 Closing");
        assertThat(client.isUsable()).isFalse();
        wire.assertDone();
    }

    @Test void oneConnectionCarriesSeveralMessages() throws IOException {
        var message = """
            C: MAIL FROM:<ann@me.example>
            C: RCPT TO:<bob@far.example>
            C: DATA
            S: 250 Ok
            S: 250 Ok
            S: 354 Go on
            C: Subject: x
            C:
            C: Hello
            C: .
            S: 250 Ok
            """;
        open(PIPELINING + message + message);
        assertThat(send("bob")).containsExactly("accepted 250 Ok");
        assertThat(send("bob")).containsExactly("accepted 250 Ok");
        wire.assertDone();
    }

    @Test void aContentThatCannotBeReadIsNeverEnded() {
        open(PLAIN.replace("250 far", "250-far") + """
            S: 250 8BITMIME
            C: MAIL FROM:<ann@me.example>
            S: 250 Ok
            C: RCPT TO:<bob@far.example>
            S: 250 Ok
            C: DATA
            S: 354 Go on
            """);
        var broken = new Content() {
            @Override public long octets() {
                return 100;
            }

            @Override public InputStream open() throws IOException {
                throw new IOException("disk");
            }
        };
        assertThatThrownBy(() -> send(broken, to("bob"))).isInstanceOf(IOException.class).hasMessage("disk");
        assertThat(wire.isClosed()).isTrue();
        wire.assertDone();
    }

    @Test void eachWaitHasItsOwnDeadline() throws IOException {
        var d = new ClientDeadlines(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3),
            Duration.ofSeconds(4), Duration.ofSeconds(5), Duration.ofSeconds(6), Duration.ofSeconds(7));
        wire = new DialogueWire(PLAIN + """
            C: MAIL FROM:<ann@me.example>
            S: 250 Ok
            C: RCPT TO:<bob@far.example>
            S: 250 Ok
            C: DATA
            S: 354 Go on
            C: Subject: x
            C:
            C: Hello
            C: .
            S: 250 Ok
            """);
        client = new SmtpClient(wire, new ClientSettings("me.example", TlsMode.NEVER, d));
        client.open();
        send("bob");
        assertThat(wire.deadlines().stream().distinct().map(Duration::toSeconds))
            .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    }
}
