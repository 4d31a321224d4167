package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.MessagingException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.mailet.Attribute;
import org.apache.mailet.Mail;
import org.junit.jupiter.api.Test;
import org.posthorn.mailets.port.AuthFacts;
import org.posthorn.mailets.port.Stage;
import org.posthorn.server.auth.spf.Spf;
import org.posthorn.server.auth.spf.SpfConfig;
import org.posthorn.server.dns.ZoneDns;

/** What is known of a sender, and how long. */
class MailAuthFactsTest {

    private final ZoneDns zone = new ZoneDns();
    private final MailAuthFacts facts = new MailAuthFacts(
        new Spf(zone, SpfConfig.of("mx.example.org"), java.time.InstantSource.system()),
        new RelayConfig(List.of(), Set.of()), Workshop.IDENTITY);

    private static PosthornMail mail(Stage stage, List<Attribute> attributes) {
        return new PosthornMail(new MailFacts("1a", TestMail.at(stage, Optional.empty()).getMaybeSender(), "192.0.2.7",
            stage, false), java.util.Map.of(), Optional.of(MailMessage.of(TestMail.content(TestMail.MESSAGE))),
            attributes);
    }

    private AuthFacts.Result result(Mail mail) {
        return facts.spf(mail).result();
    }

    /** The attributes as the spool gives them back. */
    private static List<Attribute> kept(PosthornMail mail) throws IOException {
        return AttributesText.read(mail.attributesText());
    }

    @Test void theResultIsTheSameAfterTheSpool() throws IOException {
        zone.txt("client.example", "v=spf1 -all exp=why.example").txt("why.example", "\"no\" (really), caf");
        var first = mail(Stage.RCPT, List.of());
        var told = facts.spf(first);
        assertThat(told).isEqualTo(new AuthFacts.Spf(AuthFacts.Result.FAIL, "client.example", "\"no\" (really), caf",
            ""));
        zone.failing("client.example");
        var later = mail(Stage.ACCEPTED, kept(first));
        assertThat(facts.spf(later)).isEqualTo(told);
        assertThat(AuthNotes.fields(kept(later))).isEqualTo(AuthNotes.fields(first.attributes().toList())).hasSize(2);
    }

    @Test void aTemporaryErrorIsAskedAgainAfterThe250Only() throws IOException {
        zone.failing("client.example");
        var mail = mail(Stage.RCPT, List.of());
        assertThat(result(mail)).isEqualTo(AuthFacts.Result.TEMPERROR);
        zone.working("client.example").txt("client.example", "v=spf1 +all");
        assertThat(result(mail(Stage.DATA, kept(mail)))).isEqualTo(AuthFacts.Result.TEMPERROR);
        assertThat(result(mail(Stage.ACCEPTED, kept(mail)))).isEqualTo(AuthFacts.Result.PASS);
    }

    @Test void nobodyIsCheckedBeforeThereIsASender() {
        zone.txt("client.example", "v=spf1 -all");
        assertThat(facts.spf(mail(Stage.CONNECT, List.of()))).isEqualTo(AuthFacts.Spf.NOT_CHECKED);
    }

    @Test void theFieldsAreWrittenOnceAboveAllOthers() throws MessagingException, IOException {
        zone.txt("client.example", "v=spf1 +all");
        var mail = mail(Stage.ACCEPTED, List.of());
        facts.writeResults(mail);
        facts.writeResults(mail);
        var names = Arrays.stream(new String(((SpoolMessage) mail.getMessage()).written(),
            java.nio.charset.StandardCharsets.UTF_8).split("\r\n")).map(line -> line.split(":", 2)[0]).toList();
        assertThat(names).startsWith("Authentication-Results").containsSubsequence("Received-SPF", "From", "Subject")
            .containsOnlyOnce("Received-SPF");
        assertThat(kept(mail)).extracting(Attribute::getName).contains(AuthNotes.WRITTEN);
    }

    @Test void aNoteOfSomethingElseIsNoVerdict() {
        var strange = new Attribute(AuthNotes.SPF, org.apache.mailet.AttributeValue.of("pass"));
        zone.txt("client.example", "v=spf1 -all");
        assertThat(result(mail(Stage.RCPT, List.of(strange)))).isEqualTo(AuthFacts.Result.FAIL);
        assertThat(AuthNotes.fields(List.of(strange))).isEmpty();
    }
}
