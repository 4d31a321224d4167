package org.posthorn.mailets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.MessagingException;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeUtils;
import org.apache.mailet.Mail;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.mailets.port.AuthFacts;

class SPFTest {

    private final AuthFacts.Spf failed =
        new AuthFacts.Spf(AuthFacts.Result.FAIL, "far.example", "go away", "");
    private final Mail mail = Given.mail("192.0.2.1", "", "ann@example.org");

    private Mail served(String... parameters) throws MessagingException {
        var mailet = new SPF(Given.facts(failed));
        mailet.init(Given.parameters(parameters));
        mailet.service(mail);
        return mail;
    }

    private static String attribute(Mail mail, String name) {
        return AttributeUtils.getValueAndCastFromMail(mail, AttributeName.of(name), String.class).orElse("-");
    }

    @Test void theResultIsNotedAsJamesDoes() throws MessagingException {
        served();
        assertThat(attribute(mail, "org.apache.james.transport.mailets.spf.result")).isEqualTo("fail");
        assertThat(attribute(mail, "org.apache.james.transport.mailets.spf.explanation")).isEqualTo("go away");
        assertThat(attribute(mail, "written")).isEqualTo("-");
    }

    @Test void theHeaderIsWrittenWhenAskedFor() throws MessagingException {
        assertThat(attribute(served("addHeader", "true"), "written")).isEqualTo("fail");
    }

    @Test void ignoredNetworksAreLeftAlone() throws MessagingException {
        served("ignoredNetworks", "198.51.100.0/24, 192.0.2.0/24");
        assertThat(attribute(mail, "org.apache.james.transport.mailets.spf.result")).isEqualTo("-");
    }

    @ParameterizedTest @CsvSource({"addHeader, yes", "debug, maybe", "ignoredNetworks, home"})
    void aMistakeIsToldAtTheStart(String name, String value) {
        assertThatThrownBy(() -> served(name, value)).isInstanceOf(MessagingException.class).hasMessageContaining(name);
    }

    @Test void aReplyCanCarryTheExplanation() throws MessagingException {
        var pad = new Given.NotePad();
        var reject = new Reject(pad, Given.facts(failed));
        reject.init(Given.parameters("reply", "550 5.7.23 No: ${spf.explanation}"));
        reject.service(mail);
        assertThat(pad.said).containsExactly(
            "Reject[reply=550 5.7.23 No: the domain far.example explains: go away]");
    }

    @Test void noOtherPlaceholderIsKnown() {
        var defer = new Defer(new Given.NotePad(), Given.NO_FACTS);
        assertThatThrownBy(() -> defer.init(Given.parameters("reply", "451 4.7.24 ${spf.result}")))
            .hasMessageContaining("${spf.explanation}");
    }
}
