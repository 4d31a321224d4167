package org.posthorn.mailets.matchers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.MessagingException;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.mailet.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.mailets.Given;
import org.posthorn.mailets.port.AuthFacts;
import org.posthorn.mailets.port.NameService;

/** Matchers that ask who a sender is. */
class SenderChecksTest {

    /** Names as data: an address, several, or a question mark where it cannot be known. */
    private static final class Names implements NameService {
        private final Map<String, String> all = new HashMap<>();

        @Override public Answer<InetAddress> ipv4Addresses(String name) {
            var text = all.getOrDefault(name, "");
            return text.isEmpty() ? new Answer.None<>() : text.equals("?") ? new Answer.Unknown<>("test")
                : new Answer.Found<>(Stream.of(text.split(" ")).map(InetAddress::ofLiteral).toList());
        }

        @Override public Reachability reachability(String domain) {
            return Reachability.valueOf(all.getOrDefault(domain, "NO"));
        }
    }

    private final Names names = new Names();

    private static boolean matches(Matcher matcher, String condition, String remote) throws MessagingException {
        matcher.init(Given.condition(Optional.of(condition)));
        return !matcher.match(Given.mail(remote, "", "ann@example.org")).isEmpty();
    }

    @ParameterizedTest @CsvSource({"fail, true", "'softfail, FAIL', true", "pass, false", "'none,neutral', false"})
    void spfIsNamesTheResultsThatMatch(String condition, boolean matched) throws MessagingException {
        var facts = Given.facts(new AuthFacts.Spf(AuthFacts.Result.FAIL, "far.example", "", ""));
        assertThat(matches(new SpfIs(facts), condition, "192.0.2.1")).isEqualTo(matched);
    }

    @ParameterizedTest @ValueSource(strings = {"", "failed", "fail,perhaps"})
    void spfIsKnowsSevenResults(String condition) {
        assertThatThrownBy(() -> matches(new SpfIs(Given.NO_FACTS), condition, "192.0.2.1"))
            .isInstanceOf(MessagingException.class)
            .hasMessageContaining("none, neutral, pass, fail, softfail, temperror, permerror");
    }

    @ParameterizedTest @CsvSource({
        "127.0.0.2, true", "203.0.113.9, false", "203.0.113.9 127.0.0.11, true", "?, false", "'', false"})
    void aBlockListAnswersFromTheLoopbackNetworkOnly(String answer, boolean listed) throws MessagingException {
        names.all.put("1.2.0.192.zen.example", answer);
        assertThat(matches(new InSpammerBlacklist(names), "zen.example", "192.0.2.1")).isEqualTo(listed);
        assertThat(matches(new InSpammerBlacklist(names), "zen.example.", "192.0.2.2")).isFalse();
    }

    @Test void anAddressIsAskedForBackwards() throws MessagingException {
        names.all.put("b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.zen.example", "127.0.0.4");
        assertThat(matches(new InSpammerBlacklist(names), "zen.example", "2001:db8::567:89ab")).isTrue();
        names.all.put("1.2.0.192.zen.example", "127.0.0.4");
        assertThat(matches(new InSpammerBlacklist(names), "zen.example", "::ffff:192.0.2.1")).isTrue();
        assertThat(matches(new InSpammerBlacklist(names), "zen.example", "nowhere")).isFalse();
    }

    @ParameterizedTest @ValueSource(strings = {"", "zen", "two lists.example", "a..b", "zen.example/24"})
    void aBlockListIsADomain(String condition) {
        assertThatThrownBy(() -> matches(new InSpammerBlacklist(names), condition, "192.0.2.1"))
            .isInstanceOf(MessagingException.class).hasMessageContaining("block list");
    }

    @ParameterizedTest @CsvSource({"bob@real.example, false", "bob@fake.example, true", "bob@down.example, false",
        "bob@[192.0.2.1], false", "bob@20010db8000000000000000000000001.ipv6-literal.invalid, false",
        "bob@20010db8.ipv6-literal.invalid, true", "'', false"})
    void aFakeDomainIsOneThatTakesNoMail(String sender, boolean fake) throws MessagingException {
        names.all.putAll(Map.of("real.example", "YES", "down.example", "UNKNOWN"));
        var matcher = new SenderInFakeDomain(names);
        matcher.init(Given.condition(Optional.empty()));
        var mail = Given.mailFrom(sender, "192.0.2.1", "ann@example.org");
        assertThat(matcher.match(mail)).hasSize(fake ? 1 : 0);
        assertThatThrownBy(() -> matcher.init(Given.condition(Optional.of("x")))).hasMessageContaining("no condition");
    }

    @Test void theyNameEveryRecipient() throws MessagingException {
        var matcher = new SpfIs(Given.NO_FACTS);
        matcher.init(Given.condition(Optional.of("none")));
        assertThat(matcher.match(Given.mail("192.0.2.1", "", "ann@example.org", "bob@example.org")))
            .isEqualTo(List.copyOf(Given.addresses("ann@example.org", "bob@example.org")));
    }
}
