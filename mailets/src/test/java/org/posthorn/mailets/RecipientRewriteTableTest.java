package org.posthorn.mailets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.MessagingException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.james.core.MailAddress;
import org.junit.jupiter.api.Test;
import org.posthorn.mailets.port.Residents;

class RecipientRewriteTableTest {

    private final Given.NotePad pad = new Given.NotePad();
    private final Map<MailAddress, List<MailAddress>> aliases = new HashMap<>();

    private void alias(String from, String... to) {
        aliases.put(Given.address(from), Arrays.stream(to).map(Given::address).toList());
    }

    private final Residents residents = new Residents() {
        @Override public boolean isHosted(String domain) {
            return domain.equals("x.org");
        }

        @Override public Standing standing(MailAddress address) {
            return aliases.containsKey(address) ? new Standing.Alias(aliases.get(address)) : new Standing.Resident();
        }
    };

    private List<String> rewritten(String limit, String... recipients) throws MessagingException {
        var mailet = new RecipientRewriteTable(residents, pad);
        mailet.init(Given.parameters("limit", limit));
        var mail = Given.mail("192.0.2.1", "", recipients);
        mailet.service(mail);
        mailet.service(mail);   // a second time nothing happens
        return mail.getRecipients().stream().map(MailAddress::asString).toList();
    }

    @Test void whoIsNoAliasStays() throws MessagingException {
        assertThat(rewritten("10", "a@x.org", "b@y.net")).containsExactly("a@x.org", "b@y.net");
        assertThat(pad.said).isEmpty();
    }

    @Test void anAliasLeadsThroughOthersToTheEnd() throws MessagingException {
        alias("a@x.org", "b@x.org", "c@y.net");
        alias("b@x.org", "d@x.org", "c@y.net");
        assertThat(rewritten("10", "a@x.org")).containsExactly("c@y.net", "d@x.org");
        assertThat(pad.said).hasSize(1);
    }

    @Test void anAliasThatListsItselfKeepsACopyOnce() throws MessagingException {
        alias("a@x.org", "a@x.org", "c@y.net");
        assertThat(rewritten("10", "a@x.org")).containsExactly("a@x.org", "c@y.net");
        assertThat(pad.said).hasSize(1);
    }

    @Test void aLoopIsCutAndTheRestGoesOn() throws MessagingException {
        alias("a@x.org", "b@x.org", "c@y.net");
        alias("b@x.org", "a@x.org", "d@x.org");
        assertThat(rewritten("10", "a@x.org")).containsExactly("c@y.net", "d@x.org");
    }

    @Test void whatOnlyLeadsBackFails() throws MessagingException {
        alias("a@x.org", "b@x.org");
        alias("b@x.org", "a@x.org");
        rewritten("10", "a@x.org", "c@x.org");
        assertThat(pad.said.getFirst()).startsWith("[a@x.org] Reject[reply=554 5.4.6 ");
    }

    @Test void tooManyFail() throws MessagingException {
        alias("a@x.org", "b@x.org", "c@x.org", "d@x.org");
        assertThat(rewritten("3", "a@x.org")).hasSize(3);
        pad.said.clear();
        rewritten("2", "a@x.org");
        assertThat(pad.said.getFirst()).contains("5.4.6");
    }

    @Test void theLimitIsANumberInRange() {
        for (var limit : List.of("0", "-1", "many", "100001")) {
            assertThatThrownBy(() -> rewritten(limit, "a@x.org")).hasMessageContaining("'" + limit + "'");
        }
    }
}
