package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.MessagingException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.mailets.port.Stage;

class AutomaticMailTest {

    private static final String NOTIFICATION = """
        Subject: read\r
        Content-Type: multipart/report; boundary=b; report-type=%s\r
        \r
        --b\r
        Content-Type: message/disposition-notification\r
        \r
        Disposition: %s; displayed\r
        --b--\r
        """;

    private final AutomaticMail automatic = new AutomaticMail();

    private static PosthornMail mail(String message) {
        return TestMail.at(Stage.ACCEPTED, Optional.of(MailMessage.of(TestMail.content(message))), "bob@example.org");
    }

    @ParameterizedTest @CsvSource(delimiter = '|', value = {
        "Auto-Submitted: no | false", "Auto-Submitted: NO ; why | false", "Auto-Submitted: auto-generated | true",
        "Auto-Submitted: auto-replied (vacation) | true", "List-Id: <a.example> | true", "list-post: NO | true",
        "Precedence: Bulk | true", "Precedence: first-class | false", "X-List: a | false", "Subject: hello | false"})
    void aHeaderTells(String field, boolean told) throws MessagingException {
        assertThat(automatic.isAutomaticallySent(mail(field + "\r\n\r\nhello\r\n"))).isEqualTo(told);
    }

    @ParameterizedTest @CsvSource({
        "disposition-notification, automatic-action/MDN-sent-automatically, true",
        "disposition-notification, manual-action/MDN-sent-manually, false",
        "delivery-status, automatic-action/MDN-sent-automatically, false"})
    void aNotificationTellsWhoAskedForIt(String type, String disposition, boolean told) throws MessagingException {
        var mail = mail(NOTIFICATION.formatted(type, disposition));
        assertThat(automatic.isMdnSentAutomatically(mail)).isEqualTo(told);
        mail.getMessage().saveChanges();
        assertThat(mail.content().orElseThrow().isChanged()).as("looking changes nothing").isFalse();
    }

    @Test void whatIsNoTypeIsNoNotification() throws MessagingException {
        assertThat(automatic.isMdnSentAutomatically(mail("Content-Type: ;;\r\n\r\n"))).isFalse();
    }
}
