package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.posthorn.server.chain.TestMail.address;

import java.util.List;
import java.util.Map;
import org.apache.mailet.PerRecipientHeaders;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Recipient;

/** What becomes of what mailets did when a mail is split. */
class PosthornMailPartTest {

    private final PosthornMail mail = TestMail.to("ann@example.org", "bob@example.org");

    @Test void aMailThatNobodyDidAnythingWithHasNothing() throws Exception {
        for (var one : List.of(mail, mail.part(List.of(address("ann@example.org"))))) {
            assertThat(one.derived(address("ann@example.org"))).isEmpty();
            assertThat(one.senderFor(address("ann@example.org"))).isEmpty();
            assertThat(one.headersFor(address("ann@example.org"))).isEmpty();
            assertThat(one.isAccompanied(address("ann@example.org"))).isFalse();
            assertThat(one.notes()).isEmpty();
            assertThat(one.sent()).isEmpty();
            assertThat(one.bounces()).isEmpty();
            assertThat(one.takeDepartures()).isEmpty();
        }
    }

    @Test void aPartTakesWithItWhatIsKnownOfItsRecipients() throws Exception {
        var ann = address("ann@example.org");
        var came = Recipient.of(TestMail.box("amy@example.org"));
        mail.derive(Map.of(ann, List.of(came)));
        mail.accompanied(ann);
        mail.sendAs(List.of(ann), ReversePath.none());
        mail.addSpecificHeaderForRecipient(
            PerRecipientHeaders.Header.builder().name("X-A").value("1").build(), ann);
        var part = mail.part(List.of(ann));
        assertThat(part.derived(ann)).containsExactly(came);
        assertThat(part.isAccompanied(ann)).isTrue();
        assertThat(part.senderFor(ann)).contains(ReversePath.none());
        assertThat(part.headersFor(ann)).hasSize(1);
        part.derive(Map.of(ann, List.of(Recipient.of(TestMail.box("abe@example.org")))));
        assertThat(mail.derived(ann)).as("each goes its own way").containsExactly(came);
    }

    @Test void aPartLooksAfterItsOwnAndTheRestAfterTheOthers() throws Exception {
        var ann = address("ann@example.org");
        var bob = address("bob@example.org");
        var part = mail.part(List.of(ann));
        assertThat(mail.isOriginal(ann)).as("until it is left to the part").isTrue();
        mail.without(List.of(ann));
        assertThat(List.of(part.isOriginal(ann), part.isOriginal(bob), mail.isOriginal(ann), mail.isOriginal(bob)))
            .containsExactly(true, false, false, true);
        assertThat(part.part(List.of(ann)).isOriginal(ann)).isTrue();
        assertThat(mail.part(List.of(bob)).isOriginal(bob)).isTrue();
        part.without(List.of(ann));
        assertThat(part.part(List.of(ann)).isOriginal(ann)).as("who was left to another part").isFalse();
    }
}
