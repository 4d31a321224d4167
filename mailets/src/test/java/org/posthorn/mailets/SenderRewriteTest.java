package org.posthorn.mailets;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.MessagingException;
import java.util.List;
import java.util.Map;
import org.apache.james.core.MailAddress;
import org.junit.jupiter.api.Test;
import org.posthorn.mailets.port.Residents;
import org.posthorn.mailets.port.SenderRewriting;

/** Whose sender is rewritten. */
class SenderRewriteTest {

    private final Given.NotePad pad = new Given.NotePad();
    private boolean fits = true;
    private String hosted = "x.org";

    private final Residents residents = new Residents() {
        @Override public boolean isHosted(String domain) {
            return domain.equals(hosted);
        }

        @Override public Standing standing(MailAddress address) {
            return isHosted(address.getDomain().asString()) ? new Standing.Resident() : new Standing.Foreign();
        }
    };

    private final SenderRewriting scheme = new SenderRewriting() {
        @Override public Forwarded forwarded(MailAddress sender) {
            return fits ? new Forwarded.As(Given.address("srs-" + sender.getLocalPart() + "@x.org"))
                : new Forwarded.Unfit("too long");
        }

        @Override public Returned returned(MailAddress recipient) {
            return new Returned.Other();
        }
    };

    /** A mail of zoe@far.example to some, of whom those came in the place of a@x.org. */
    private void serve(List<String> forwarded, String... recipients) throws MessagingException {
        var mail = Given.mailFrom("zoe@far.example", "192.0.2.1", recipients);
        for (var one : forwarded) {
            RewrittenNote.of(mail).with(Map.of(Given.address(one), Given.address("a@x.org"))).writeTo(mail);
        }
        new SenderRewrite(residents, scheme, pad).service(mail);
    }

    @Test void whoIsForwardedToElsewhereGetsItFromUs() throws MessagingException {
        serve(List.of("b@y.net", "c@x.org"), "b@y.net", "c@x.org", "d@y.net");
        assertThat(pad.said).containsExactly("[b@y.net] as srs-zoe@x.org", "b@y.net sent-as srs-zoe@x.org");
    }

    @Test void withoutAForwardNothingHappens() throws MessagingException {
        serve(List.of(), "b@y.net");
        serve(List.of("c@x.org"), "c@x.org");
        assertThat(pad.said).isEmpty();
    }

    @Test void aHostedSenderStays() throws MessagingException {
        hosted = "far.example";
        serve(List.of("b@y.net"), "b@y.net");
        assertThat(pad.said).isEmpty();
    }

    @Test void aSenderThatDoesNotFitStaysAndThatIsTold() throws MessagingException {
        fits = false;
        serve(List.of("b@y.net"), "b@y.net");
        assertThat(pad.said).containsExactly("b@y.net sender-kept zoe@far.example: too long");
    }
}
