package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.wire.Content;
import org.posthorn.server.spool.InMemorySpool;

class MailMessageTest {

    private final InMemorySpool spool = new InMemorySpool();

    private String written(MailMessage message) throws Exception {
        try (var forms = new NewForms(spool, 0)) {
            forms.number(message, List.of(), "");
            try (var in = forms.made().getFirst().content().open()) {
                return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            }
        }
    }

    private static Content latin1(String text) throws IOException {
        return new MemoryContent(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest @ValueSource(strings = {
        TestMail.MESSAGE, "\r\nonly a body\r\n", "Subject: no body\r\n", "Subject: no body\r\n\r\n", "",
        "no header at all\r\n\r\nbody\r\n", "Subject:\r\n folded\r\n\tand again\r\nx :y\r\n\r\n.\r\n",
        "Subject: \u00e4 in Latin-1\r\n\r\nbody \u00ff\u0000\r\n", "A: 1\r\nA: 2\r\nB: 3\r\nA: 4\r\n\r\n\r\n\r\n"})
    void aMessageThatWasOnlyReadKeepsItsOctets(String text) throws Exception {
        var message = MailMessage.of(latin1(text));
        message.mime().getSubject();
        message.mime().getSize();
        assertThat(message.isChanged()).isFalse();
        assertThat(written(message)).isEqualTo(text);
    }

    @Test void aChangedHeaderLeavesTheBodyAndOtherFieldsAsTheyWere() throws Exception {
        var message = MailMessage.of(TestMail.content(TestMail.MESSAGE));
        message.mime().setHeader("X-New", "1");
        message.mime().saveChanges();
        assertThat(message.isChanged()).isTrue();
        assertThat(written(message)).isEqualTo(TestMail.MESSAGE.replace("  came\r\n", "  came\r\nX-New: 1\r\n"));
        assertThat(message.octets()).isEqualTo(written(message).length());
    }

    @Test void latin1InAHeaderSurvivesAChange() throws Exception {
        var text = "Subject: \u00e4\u00ff\r\n\r\nbody\r\n";
        var message = MailMessage.of(latin1(text));
        message.mime().addHeader("X-New", "1");
        assertThat(written(message)).isEqualTo("Subject: \u00e4\u00ff\r\nX-New: 1\r\n\r\nbody\r\n");
    }

    @Test void aHeaderChangedBackIsNoChange() throws Exception {
        var message = MailMessage.of(TestMail.content(TestMail.MESSAGE));
        message.mime().addHeader("X-New", "1");
        message.mime().removeHeader("X-New");
        assertThat(message.isChanged()).isFalse();
    }

    @Test void anyBodyKeepsItsOctetsUnderANewHeader() throws Exception {
        var random = new Random(4711);
        for (var round = 0; round < 200; round++) {
            var body = new StringBuilder();
            for (var i = 0; i < random.nextInt(300); i++) {
                var odd = random.nextInt(4) == 0;
                body.append(odd ? "\r\n.\u0000".charAt(random.nextInt(4)) : (char) random.nextInt(256));
            }
            var message = MailMessage.of(latin1("Subject: a\r\n\r\n" + body));
            message.mime().setSubject("b");
            message.mime().saveChanges();
            assertThat(written(message)).isEqualTo("Subject: b\r\n\r\n" + body);
        }
    }

    @Test void aNewBodyIsWrittenWithCrlf() throws Exception {
        var message = MailMessage.of(TestMail.content(TestMail.MESSAGE));
        message.mime().setText("one\ntwo\r\nthree\rfour");
        message.mime().saveChanges();
        assertThat(written(message)).endsWith("\r\n\r\none\r\ntwo\r\nthree\r\nfour").contains("X-Odd:");
    }

    @Test void aChangedPartIsWritten() throws Exception {
        var message = MailMessage.of(TestMail.content("Message-ID: <1@x>\r\n"
            + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n"
            + "Content-Type: text/html\r\n\r\n<p>two</p>\r\n--b--\r\n"));
        ((MimeMultipart) message.mime().getContent()).removeBodyPart(1);
        message.mime().saveChanges();
        assertThat(written(message)).contains("one").doesNotContain("two").contains("Message-ID: <1@x>");
    }

    @Test void aReplacedMessageIsWritten() throws Exception {
        var message = MailMessage.of(TestMail.content(TestMail.MESSAGE));
        var other = new MimeMessage(message.mime());
        other.setSubject("other");
        other.setText("else");
        other.saveChanges();
        message.replace(other);
        assertThat(written(message)).contains("Subject: other").endsWith("else");
        assertThat(written(message.copy())).isEqualTo(written(message));
    }

    @Test void aLargeBodyIsReadWithoutBeingHeld() throws Exception {
        var line = "0123456789abcdef".repeat(4) + "\r\n";
        var text = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + line.repeat(40_000)
            + "\r\n--b\r\n\r\nsmall\r\n--b--\r\n";
        var message = MailMessage.of(TestMail.content(text));
        var parts = (MimeMultipart) message.mime().getContent();
        assertThat(parts.getCount()).isEqualTo(2);
        assertThat(parts.getBodyPart(1).getContent()).isEqualTo("small");
        try (var in = parts.getBodyPart(0).getInputStream()) {
            assertThat(in.readAllBytes()).hasSize(line.length() * 40_000);
        }
        message.mime().setHeader("X-New", "1");
        assertThat(written(message)).hasSize(text.length() + "X-New: 1\r\n".length());
        message.release();
    }
}
