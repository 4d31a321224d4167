package org.posthorn.mailets.matchers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.MessagingException;
import java.util.Optional;
import org.apache.james.core.MailAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.mailets.Given;
import org.posthorn.mailets.port.SenderRewriting;

class SrsIsTest {

    private final SenderRewriting scheme = new SenderRewriting() {
        @Override public Forwarded forwarded(MailAddress sender) {
            return new Forwarded.Unfit("nobody asks");
        }

        @Override public Returned returned(MailAddress recipient) {
            return switch (recipient.getLocalPart()) {
                case "good" -> new Returned.Valid(Given.address("zoe@far.example"));
                case "old" -> new Returned.Expired();
                case "bad" -> new Returned.Forged();
                default -> new Returned.Other();
            };
        }
    };

    @ParameterizedTest @CsvSource(delimiter = '|', value = {
        "valid | good@x.org", "Expired, FORGED | old@x.org bad@x.org", "none | other@x.org",
        "valid,expired,forged,none | good@x.org old@x.org bad@x.org other@x.org"})
    void returnPathsAreMatchedByWhatTheyAre(String condition, String matched) throws MessagingException {
        var matcher = new SrsIs(scheme);
        matcher.init(Given.condition(Optional.of(condition)));
        assertThat(matcher.match(Given.mail("192.0.2.1", "", "good@x.org", "old@x.org", "bad@x.org", "other@x.org")))
            .extracting(MailAddress::asString).containsExactly(matched.split(" "));
    }

    @ParameterizedTest @ValueSource(strings = {"", "fail", "valid;forged", "valid,"})
    void anotherConditionIsRefused(String condition) {
        assertThatThrownBy(() -> new SrsIs(scheme).init(Given.condition(Optional.of(condition))))
            .isInstanceOf(MessagingException.class).hasMessageStartingWith("SrsIs: expected")
            .hasMessageContaining("'" + condition + "'");
    }
}
