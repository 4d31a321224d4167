package org.posthorn.mailets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Mail;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
            if (aliases.containsKey(address)) {
                return new Standing.Alias(aliases.get(address));
            }
            return isHosted(address.getDomain().asString()) ? new Standing.Resident() : new Standing.Foreign();
        }
    };

    private RecipientRewriteTable mailet(String... parameters) throws MessagingException {
        var mailet = new RecipientRewriteTable(residents, pad);
        mailet.init(Given.parameters(parameters));
        return mailet;
    }

    private List<String> rewritten(String limit, String... recipients) throws MessagingException {
        return rewritten(mailet("limit", limit), recipients);
    }

    private static List<String> rewritten(RecipientRewriteTable mailet, String... recipients)
        throws MessagingException {
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

    @Test void aCircleIsCutAndNamedAndTheRestGoesOn() throws MessagingException {
        alias("a@x.org", "b@x.org", "c@y.net");
        alias("b@x.org", "a@x.org", "d@x.org");
        assertThat(rewritten("10", "a@x.org")).containsExactly("c@y.net", "d@x.org");
        assertThat(pad.said.getFirst()).isEqualTo("a@x.org circle-cut a@x.org -> b@x.org -> a@x.org");
    }

    @Test void whatOnlyLeadsBackFailsWithTheCircle() throws MessagingException {
        alias("a@x.org", "b@x.org");
        alias("b@x.org", "c@x.org");
        alias("c@x.org", "b@x.org");
        rewritten("10", "a@x.org", "d@x.org");
        assertThat(pad.said.getFirst()).startsWith("[a@x.org] Reject[reply=554 5.4.6 ")
            .contains("b@x.org -> c@x.org -> b@x.org");
    }

    @Test void anAddressMetTwiceIsNoCircle() throws MessagingException {
        alias("a@x.org", "b@x.org", "c@x.org");
        alias("b@x.org", "d@x.org");
        alias("c@x.org", "d@x.org");
        alias("d@x.org", "e@x.org");
        assertThat(rewritten("10", "a@x.org")).containsExactly("e@x.org");
        assertThat(pad.said).noneMatch(line -> line.contains("circle"));
    }

    @Test void tooManyFail() throws MessagingException {
        alias("a@x.org", "b@x.org", "c@x.org", "d@x.org");
        assertThat(rewritten("3", "a@x.org")).hasSize(3);
        pad.said.clear();
        rewritten("2", "a@x.org");
        assertThat(pad.said.getFirst()).contains("554 5.2.4 a@x.org stands for more than 2 addresses");
    }

    @Test void tooDeepFails() throws MessagingException {
        alias("a@x.org", "b@x.org");
        alias("b@x.org", "c@x.org");
        alias("c@x.org", "d@y.net");
        assertThat(rewritten(mailet("depth", "3"), "a@x.org")).containsExactly("d@y.net");
        pad.said.clear();
        rewritten(mailet("depth", "2"), "a@x.org");
        assertThat(pad.said.getFirst()).contains("554 5.2.4 a@x.org leads through more than 2 aliases");
    }

    @Test void tooManyForOneMessageFail() throws MessagingException {
        alias("a@x.org", "b@y.net", "c@y.net");
        alias("d@x.org", "e@y.net", "f@y.net");
        assertThat(rewritten(mailet("total", "4"), "a@x.org", "d@x.org")).hasSize(4);
        pad.said.clear();
        rewritten(mailet("total", "3"), "a@x.org", "d@x.org");
        assertThat(pad.said).anyMatch(line -> line.startsWith("[d@x.org] Reject[reply=554 5.2.4 With d@x.org"))
            .noneMatch(line -> line.startsWith("[a@x.org] Reject"));
    }

    @ParameterizedTest @ValueSource(strings = {"limit", "depth", "total"})
    void eachLimitIsANumberInRange(String name) throws MessagingException {
        mailet(name, "1");
        mailet(name, "100000");
        for (var value : List.of("0", "-1", "many", "100001", "")) {
            assertThatThrownBy(() -> mailet(name, value)).hasMessageContaining("<" + name + ">")
                .hasMessageContaining("'" + value + "'");
        }
    }

    private Mail deliveredTo(String... addresses) throws MessagingException {
        var message = new MimeMessage((Session) null);
        for (var address : addresses) {
            message.addHeader("Delivered-To", address);
        }
        return Given.mail(message, "a@x.org", "z@x.org");
    }

    @Test void aCopyThatLeavesSaysWhoseItWas() throws MessagingException {
        alias("a@x.org", "b@x.org", "a@x.org");
        alias("b@x.org", "c@y.net");
        var mail = deliveredTo();
        mailet().service(mail);
        mailet().service(mail);
        assertThat(mail.getPerRecipientSpecificHeaders().getRecipientsWithSpecificHeaders())
            .containsExactly(Given.address("c@y.net"));
        assertThat(mail.getPerRecipientSpecificHeaders().getHeadersForRecipient(Given.address("c@y.net")))
            .singleElement().satisfies(header -> assertThat(header.getValue()).isEqualTo("b@x.org"));
    }

    @Test void whatComesBackHasGoneInACircle() throws MessagingException {
        alias("a@x.org", "b@x.org");
        alias("b@x.org", "c@y.net");
        var mail = deliveredTo("someone@else.example", " <B@x.org> ");
        mailet().service(mail);
        assertThat(pad.said).singleElement().asString()
            .startsWith("[a@x.org] Reject[reply=554 5.4.6 Mail for b@x.org goes in a circle");
        pad.said.clear();
        mailet().service(deliveredTo("c@y.net", "z@x.org"));
        assertThat(pad.said).noneMatch(line -> line.contains("Reject"));
    }

    /**
     * Any directory: the walk ends, finds the same people whatever the order of entries, and each of them by entries.
     */
    @Test void theEndDoesNotDependOnTheOrderOfEntries() throws MessagingException {
        for (var seed = 0; seed < 300; seed++) {
            var random = new Random(seed);
            var names = IntStream.range(0, 12).mapToObj(i -> "n" + i + (i % 3 == 0 ? "@y.net" : "@x.org")).toList();
            aliases.clear();
            for (var name : names) {
                if (name.endsWith("x.org") && random.nextInt(4) > 0) {
                    var targets = new ArrayList<String>();
                    for (var i = random.nextInt(3); i >= 0; i--) {
                        targets.add(names.get(random.nextInt(names.size())));
                    }
                    alias(name, targets.stream().distinct().toArray(String[]::new));
                }
            }
            var first = ends();
            aliases.replaceAll((_, targets) -> {
                var turned = new ArrayList<>(targets);
                Collections.reverse(turned);
                return turned;
            });
            assertThat(ends()).as("seed " + seed).isEqualTo(first);
            assertThat(first).as("seed " + seed).allSatisfy(end -> assertThat(!aliases.containsKey(end)
                || aliases.get(end).contains(end)).isTrue());
        }
    }

    private HashSet<MailAddress> ends() {
        return new HashSet<>(AliasWalk.from(Given.address("n1@x.org"), residents, new AliasWalk.Limits(1000, 20))
            .ends().keySet());
    }

    @Test void aLongCircleIsShownShort() {
        var circle = IntStream.range(0, 30).mapToObj(i -> Given.address("n" + i + "@x.org")).toList();
        assertThat(AliasWalk.text(circle))
            .isEqualTo("n0@x.org -> n1@x.org -> n2@x.org -> n3@x.org -> ... -> n29@x.org");
    }
}
