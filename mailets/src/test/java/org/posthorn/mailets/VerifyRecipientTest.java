package org.posthorn.mailets;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.MessagingException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.posthorn.mailets.port.Verification;
import org.posthorn.mailets.port.Verification.Finding;

class VerifyRecipientTest {

    private static List<String> said(Finding finding) throws MessagingException {
        var pad = new Given.NotePad();
        Verification verification = _ -> finding;
        var mailet = new VerifyRecipient(verification, pad);
        mailet.init(Given.parameters());
        mailet.service(Given.mail("192.0.2.1", "", "zoe@far.example"));
        return pad.said;
    }

    @Test void whoIsTakenOrNotVerifiedPasses() throws MessagingException {
        assertThat(said(new Finding.Taken())).isEmpty();
        assertThat(said(new Finding.NotVerified())).isEmpty();
        assertThat(said(new Finding.Unanswered("down", true))).isEmpty();
    }

    @Test void whoIsRefusedThereIsRefusedHereWithItsWords() throws MessagingException {
        assertThat(said(new Finding.Refused("mx.far.example said: 550 5.1.1 Who?"))).containsExactly(
            "Reject[reply=550 5.1.1 Not taken there: mx.far.example said: 550 5.1.1 Who?]");
    }

    @Test void whoeverCannotBeAskedAboutComesLater() throws MessagingException {
        assertThat(said(new Finding.Unanswered("connection refused", false))).containsExactly(
            "Defer[reply=451 4.4.1 Cannot be verified now: connection refused]");
    }

    @Test void theFarSidesWordsCannotMislead() throws MessagingException {
        assertThat(said(new Finding.Refused("550 a\r\n250 Ok\u00e9\0"))).containsExactly(
            "Reject[reply=550 5.1.1 Not taken there: 550 a 250 Ok]");
        assertThat(said(new Finding.Refused("x".repeat(2000))).getFirst()).hasSizeLessThan(400);
        assertThat(said(new Finding.Refused("\u00e9"))).containsExactly(
            "Reject[reply=550 5.1.1 Not taken there: no reason given]");
    }
}
