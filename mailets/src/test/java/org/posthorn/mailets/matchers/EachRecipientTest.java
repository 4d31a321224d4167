package org.posthorn.mailets.matchers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.mail.MessagingException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Mail;
import org.junit.jupiter.api.Test;
import org.posthorn.mailets.Given;

class EachRecipientTest {

    /** Names whose local part begins with an a. */
    private final EachRecipient matcher = new EachRecipient() {
        @Override boolean names(MailAddress recipient) {
            return recipient.getLocalPart().startsWith("a");
        }
    };

    private static List<MailAddress> addresses(String... localParts) throws MessagingException {
        var all = new ArrayList<MailAddress>();
        for (var localPart : localParts) {
            all.add(new MailAddress(localPart + "@x.org"));
        }
        return List.copyOf(all);
    }

    /** A mail that has recipients, or null, and nothing else. */
    private static Mail to(Collection<MailAddress> recipients) {
        return (Mail) Proxy.newProxyInstance(Mail.class.getClassLoader(), new Class<?>[] {Mail.class},
            (_, method, _) -> {
                assertThat(method.getName()).isEqualTo("getRecipients");
                return recipients;
            });
    }

    @Test void whoNamesAllGivesTheMailsOwnList() throws MessagingException {
        for (var all : List.of(addresses("ann"), addresses("ann", "abe", "amy"))) {
            assertThat(matcher.match(to(all))).isSameAs(all);
        }
    }

    @Test void aConditionThatWouldBeIgnoredIsRefused() {
        for (var each : List.of(new HostIsLocal(), new RecipientIsLocal())) {
            var config = Given.condition(Optional.of("example.org"));
            assertThatExceptionOfType(MessagingException.class).isThrownBy(() -> each.init(config))
                .withMessage(each.getClass().getSimpleName() + " takes no condition, found 'example.org'");
        }
    }

    @Test void someAreNamedInOrder() throws MessagingException {
        assertThat(matcher.match(to(addresses("ann", "bob", "abe", "zoe"))))
            .containsExactlyElementsOf(addresses("ann", "abe"));
    }

    @Test void nobodyIsNamedWhereNoneFitsAndWhereNoneIs() throws MessagingException {
        assertThat(matcher.match(to(addresses("bob")))).isEmpty();
        assertThat(matcher.match(to(addresses("bob", "zoe")))).isEmpty();
        assertThat(matcher.match(to(List.of()))).isEmpty();
        assertThat(matcher.match(to(null))).isEmpty();
    }
}
