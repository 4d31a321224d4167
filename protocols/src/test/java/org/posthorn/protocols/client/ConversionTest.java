package org.posthorn.protocols.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.MailParameters.Body;
import org.posthorn.protocols.smtp.Recipient;

/** What a server lacks, in dialogues. */
class ConversionTest {

    private static final String TEXT = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        + "Hello there, J\u00fcrgen\r\n";
    private static final String SIGNED = "MIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=x\r\n\r\n"
        + "--x\r\n\r\nJ\u00fcrgen\r\n--x--\r\n";
    private static final String BEGIN = """
        S: 220 far.example
        C: EHLO me.example
        S: 250-far.example
        S: 250 %s
        """;
    private static final String TRANSACTION = """
        C: MAIL FROM:<ann@me.example>%s
        S: 250 Ok
        C: RCPT TO:<bob@far.example>
        S: 250 Ok
        C: DATA
        S: 354 Go on
        %sC: .
        S: 250 Ok
        """;
    private static final String CONVERTED = """
        C: MIME-Version: 1.0
        C: Content-Type: text/plain; charset=utf-8
        C: Content-Transfer-Encoding: quoted-printable
        C:
        C: Hello there, J=C3=BCrgen
        """;

    private DialogueWire wire;
    private SmtpClient client;

    private String send(String offer, String script, EightBit eightBit, Body body, String content) throws IOException {
        return send(offer, script, eightBit, new MailParameters(-1, body, false, MailParameters.Ret.UNSPECIFIED, ""),
            content);
    }

    private String send(String offer, String script, EightBit eightBit, MailParameters parameters, String content)
            throws IOException {
        wire = new DialogueWire(BEGIN.formatted(offer) + script);
        client = new SmtpClient(wire, new ClientSettings("me.example", TlsMode.NEVER, ClientDeadlines.RFC_5321,
            eightBit, Optional.empty()));
        assertThat(client.open()).isEmpty();
        var results = client.send(new Envelope(ReversePath.of(new Mailbox("ann", "me.example")),
            parameters, List.of(Recipient.of(new Mailbox("bob", "far.example")))), SmtpClientTest.content(content));
        wire.assertDone();
        return SmtpClientTest.text(results.getFirst());
    }

    private static String script(String parameters, String content) {
        return TRANSACTION.formatted(parameters, content);
    }

    private static String asItIs(String content) {
        return "C: " + content.substring(0, content.length() - 2).replace("\r\n", "\nC: ") + "\n";
    }

    @ParameterizedTest @EnumSource(names = {"CONVERT", "CONVERT_OR_SEND"})
    void eightBitTextIsConvertedForAServerWithout8bitmime(EightBit eightBit) throws IOException {
        for (var body : List.of(Body.EIGHT_BIT_MIME, Body.SEVEN_BIT)) {
            assertThat(send("HELP", script("", CONVERTED), eightBit, body, TEXT)).isEqualTo("accepted 250 Ok");
            assertThat(client.wasConverted()).isTrue();
        }
    }

    @Test void aServerWith8bitmimeGetsItAsItIs() throws IOException {
        assertThat(send("8BITMIME", script(" BODY=8BITMIME", asItIs(TEXT)), EightBit.CONVERT, Body.EIGHT_BIT_MIME,
            TEXT)).isEqualTo("accepted 250 Ok");
        assertThat(client.wasConverted()).isFalse();
    }

    @Test void asciiIsNeverConverted() throws IOException {
        var plain = "Subject: x\r\n\r\nx\r\n";
        assertThat(send("HELP", script("", asItIs(plain)), EightBit.REFUSE, Body.EIGHT_BIT_MIME, plain))
            .isEqualTo("accepted 250 Ok");
    }

    @Test void refusingGivesItBack() throws IOException {
        assertThat(send("HELP", "", EightBit.REFUSE, Body.EIGHT_BIT_MIME, TEXT)).startsWith("failed MAIL 554 5.6.3");
    }

    @Test void sendingAsItIsSendsItAsItIs() throws IOException {
        assertThat(send("HELP", script("", asItIs(TEXT)), EightBit.AS_IS, Body.EIGHT_BIT_MIME, TEXT))
            .isEqualTo("accepted 250 Ok");
    }

    @Test void whatIsSignedFailsOrGoesAsItIs() throws IOException {
        assertThat(send("HELP", "", EightBit.CONVERT, Body.EIGHT_BIT_MIME, SIGNED))
            .startsWith("failed MAIL 554 5.6.3").contains("signed");
        assertThat(send("HELP", script("", asItIs(SIGNED)), EightBit.CONVERT_OR_SEND, Body.EIGHT_BIT_MIME, SIGNED))
            .isEqualTo("accepted 250 Ok");
        assertThat(client.wasConverted()).isFalse();
    }

    @Test void anInternationalizedHeaderOfAPartNeedsSmtputf8() throws IOException {
        var utf8 = new MailParameters(-1, Body.EIGHT_BIT_MIME, true, MailParameters.Ret.UNSPECIFIED, "");
        var text = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
            + "Content-Disposition: attachment; filename=%s\r\n\r\nJ\u00fcrgen\r\n--x--\r\n";
        for (var offer : List.of("HELP", "8BITMIME")) {
            assertThat(send(offer, "", EightBit.CONVERT, utf8, text.formatted("J\u00fcrgen")))
                .startsWith("failed MAIL 550 5.6.7");
        }
        var ascii = text.formatted("Juergen");
        assertThat(send("8BITMIME", script(" BODY=8BITMIME", asItIs(ascii)), EightBit.CONVERT, utf8, ascii))
            .isEqualTo("accepted 250 Ok");
    }

    @Test void theSizeIsThatOfWhatIsSent() throws IOException {
        var octets = 133;
        assertThat(send("SIZE " + octets, script(" SIZE=" + octets, CONVERTED), EightBit.CONVERT, Body.EIGHT_BIT_MIME,
            TEXT)).isEqualTo("accepted 250 Ok");
        assertThat(send("SIZE " + (octets - 1), "", EightBit.CONVERT, Body.EIGHT_BIT_MIME, TEXT))
            .startsWith("failed MAIL 552 5.3.4");
    }

    @ParameterizedTest
    @CsvSource({"HELP", "8BITMIME", "CHUNKING", "BINARYMIME"})
    void binaryIsConvertedForAServerThatLacksIt(String offer) throws IOException {
        var binary = "MIME-Version: 1.0\r\nContent-Type: image/png\r\n\r\na\nb";
        var script = script("", "C: MIME-Version: 1.0\nC: Content-Type: image/png\n"
            + "C: Content-Transfer-Encoding: base64\nC:\nC: YQpi\n");
        assertThat(send(offer, script, EightBit.CONVERT, Body.BINARY_MIME, binary)).isEqualTo("accepted 250 Ok");
        assertThat(send(offer, "", EightBit.REFUSE, Body.BINARY_MIME, binary)).startsWith("failed MAIL 554 5.6.3");
    }
}
