package org.posthorn.mailets.matchers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Properties;
import org.apache.mailet.AttributeName;
import org.apache.mailet.Mail;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.mailets.Given;

class BounceIsTest {

    /** As Postfix writes it. */
    private static final String REPORT = """
        From: MAILER-DAEMON@next.hop.test
        Subject: Undelivered Mail Returned to Sender
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status;
        \tboundary="x"

        --x
        Content-Type: text/plain

        I'm sorry to have to inform you
        --x
        Content-Type: message/delivery-status

        Reporting-MTA: dns; next.hop.test

        Final-Recipient: rfc822; fine@example.net
        Action: delivered
        Status: 2.0.0

        Final-Recipient: rfc822; moved@elsewhere.example
        Original-Recipient: rfc822;bob@example.net
        Action: failed
        Status: 5.0.0
        Diagnostic-Code: smtp; 552 User has
         exceeded quota

        --x--
        """;

    private static Mail mail(String text, String recipient) throws MessagingException {
        return Given.mail(new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(
            text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8))), recipient);
    }

    private static boolean matches(String condition, Mail mail) throws MessagingException {
        var matcher = new BounceIs();
        matcher.init(Given.condition(condition.isEmpty() ? Optional.empty() : Optional.of(condition)));
        return !matcher.match(mail).isEmpty();
    }

    private static String noted(Mail mail, String name) {
        return mail.getAttribute(AttributeName.of("org.posthorn.bounce." + name))
            .map(attribute -> attribute.getValue().value().toString()).orElse("");
    }

    @ParameterizedTest @CsvSource({"'', true", "full, true", "soft, true", "'hard, SOFT', true", "hard, false",
        "no-mailbox, false"})
    void itMatchesKindsAndNatures(String condition, boolean matched) throws MessagingException {
        assertThat(matches(condition, mail(REPORT, "list@example.org"))).isEqualTo(matched);
    }

    @Test void whoFailedAndWhyIsNoted() throws MessagingException {
        var mail = mail(REPORT, "list@example.org");
        assertThat(matches("hard", mail)).isFalse();
        assertThat(noted(mail, "recipient")).isEqualTo("bob@example.net");
        assertThat(noted(mail, "kind")).isEqualTo("full");
        assertThat(noted(mail, "nature")).isEqualTo("soft");
        assertThat(noted(mail, "status")).isEqualTo("5.0.0");
    }

    @Test void theReturnPathKnowsBetterThanTheReport() throws MessagingException {
        var mail = mail(REPORT, "list+eve=example.com@example.org");
        matches("", mail);
        assertThat(noted(mail, "recipient")).isEqualTo("eve@example.com");
    }

    /** The list's own name and the recipient's may hold what stands between them. */
    @ParameterizedTest @CsvSource(textBlock = """
        list+mary-ann=example.net, bob@example.net, mary-ann@example.net
        list+mary-ann=example.net, ann@example.net, ann@example.net
        list+mary+ann=example.net, bob@example.net, mary+ann@example.net
        list-bob+lists=example.net, bob+lists@example.net, bob+lists@example.net
        my-list+bob=example.net, elsewhere@example.com, elsewhere@example.com
        my-list-bob=example.net, bob@example.net, bob@example.net
        list-bob=example.net, elsewhere@example.com, bob@example.net
        plain=example.net, bob@example.net, bob@example.net
        """)
    void aReturnPathIsReadByWhatTheReportSays(String path, String reported, String recipient)
        throws MessagingException {
        var mail = mail(REPORT.replace("rfc822;bob@example.net", "rfc822;" + reported), path + "@example.org");
        matches("", mail);
        assertThat(noted(mail, "recipient")).isEqualTo(recipient);
    }

    @Test void otherMailIsNotMatched() throws MessagingException {
        assertThat(matches("", mail("Subject: hello\n\nIt failed\n", "list@example.org"))).isFalse();
        assertThat(matches("", mail(REPORT.replace("Action: failed", "Action: delayed"), "l@example.org"))).isFalse();
        assertThat(matches("", mail(REPORT.replace("delivery-status;", "disposition-notification;"),
            "l@example.org"))).isFalse();
    }

    @Test void anUnknownKindIsRefused() {
        assertThatThrownBy(() -> matches("bad", mail(REPORT, "l@example.org")))
            .isInstanceOf(MessagingException.class).hasMessageContaining("no kind 'bad'");
    }
}
