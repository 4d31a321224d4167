package org.posthorn.mailets.matchers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.MessagingException;
import java.util.List;
import java.util.Optional;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.mailets.Given;
import org.posthorn.mailets.port.RelayClient;
import org.posthorn.mailets.port.RelayRules;
import org.posthorn.mailets.port.Residents;

class MatchersTest {

    private static final RelayRules RULES = new RelayRules() {
        @Override public Optional<String> rule(RelayClient client, String domain) {
            return client.user().equals("ann@x.org") || client.certificate().equals("sha256:1")
                || isTrusted(client.address()) || isRelayDomain(domain) ? Optional.of("a rule") : Optional.empty();
        }

        @Override public boolean isTrusted(String address) {
            return address.equals("192.0.2.1");
        }

        @Override public boolean isRelayDomain(String domain) {
            return domain.equals("relay.example");
        }
    };

    private static final Residents RESIDENTS = new Residents() {
        @Override public boolean isHosted(String domain) {
            return domain.equals("x.org");
        }

        @Override public Standing standing(MailAddress address) {
            return switch (address.getLocalPart()) {
                case "user" -> new Standing.Resident();
                case "alias" -> new Standing.Alias(List.of(Given.address("user@x.org")));
                case "far" -> new Standing.Foreign();
                case "down" -> throw new IllegalStateException("the directory is down");
                default -> new Standing.Unknown();
            };
        }
    };

    private static List<String> matched(Matcher matcher, Optional<String> condition, Mail mail)
        throws MessagingException {
        matcher.init(Given.condition(condition));
        return matcher.match(mail).stream().map(MailAddress::asString).toList();
    }

    @Test void relayingIsAllowedForUsersTrustedNetworksAndRelayDomains() throws MessagingException {
        var matcher = new RelayAllowed(RULES);
        assertThat(matched(matcher, Optional.empty(), Given.mail("192.0.2.9", "", "a@far.example", "b@relay.example")))
            .containsExactly("b@relay.example");
        assertThat(matched(matcher, Optional.empty(), Given.mail("192.0.2.1", "", "a@far.example"))).hasSize(1);
        assertThat(matched(matcher, Optional.empty(), Given.mail("192.0.2.9", "ann@x.org", "a@far.example")))
            .hasSize(1);
        var withCertificate = Given.mail("192.0.2.9", "", "a@far.example");
        withCertificate.setAttribute(new Attribute(RelayClient.CERTIFICATE, AttributeValue.of("sha256:1")));
        assertThat(matched(matcher, Optional.empty(), withCertificate)).hasSize(1);
    }

    @Test void aListenerIsMatchedByItsName() throws MessagingException {
        var mail = Given.mail("192.0.2.9", "", "user@x.org");
        assertThat(matched(new ListenerIs(), Optional.of("lmtp"), mail)).isEmpty();
        mail.setAttribute(new Attribute(AttributeName.of("org.posthorn.listener"), AttributeValue.of("lmtp")));
        assertThat(matched(new ListenerIs(), Optional.of("smtp, lmtp"), mail)).containsExactly("user@x.org");
        assertThat(matched(new ListenerIs(), Optional.of("smtp"), mail)).isEmpty();
        assertThatThrownBy(() -> matched(new ListenerIs(), Optional.of(" "), mail))
            .isInstanceOf(MessagingException.class).hasMessageContaining("listeners.xml");
    }

    @Test void knownAreUsersAndAliases() throws MessagingException {
        var matcher = new RecipientIsKnown(RESIDENTS);
        assertThat(matched(matcher, Optional.empty(),
            Given.mail("192.0.2.9", "", "user@x.org", "alias@x.org", "nobody@x.org", "far@y.net")))
            .containsExactly("user@x.org", "alias@x.org");
        assertThatThrownBy(() -> matched(matcher, Optional.empty(), Given.mail("192.0.2.9", "", "down@x.org")))
            .isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest @CsvSource(delimiter = '|', value = {
        "192.0.2.0/24 | true", "198.51.100.0/24,192.0.2.9 | true", "2001:db8::/32 192.0.2.8/29 | true",
        "198.51.100.0/24 | false", "192.0.2.* | true", "192.*.* | true", "192.* | true", "192.1.* | false",
        "192.0.2.0/255.255.255.0 | true", "192.0.2.16/255.255.255.240 | false", "0.0.0.0/0.0.0.0 | true",
        "192.0.2.9/255.255.255.255 | true", "10.*, 127.0.0.1 | false"})
    void anAddressLiesInANetwork(String networks, boolean inside) throws MessagingException {
        assertThat(matched(new RemoteAddrInNetwork(), Optional.of(networks), Given.mail("192.0.2.9", "", "a@x.org")))
            .hasSize(inside ? 1 : 0);
        assertThat(matched(new RemoteAddrNotInNetwork(), Optional.of(networks),
            Given.mail("192.0.2.9", "", "a@x.org"))).hasSize(inside ? 0 : 1);
    }

    @ParameterizedTest @CsvSource(delimiter = '|', value = {
        "any | true", "ann@x.org | true", "ANN@X.org | true", "bob@x.org, *@x.org | true", "*@y.net | false",
        "*@org | false", "bob@x.org | false"})
    void aUserIsNamedOrOfADomain(String users, boolean named) throws MessagingException {
        assertThat(matched(new AuthenticatedAs(), Optional.of(users), Given.mail("192.0.2.9", "Ann@x.org", "a@x.org")))
            .hasSize(named ? 1 : 0);
        assertThat(matched(new AuthenticatedAs(), Optional.of(users), Given.mail("192.0.2.9", "", "a@x.org")))
            .isEmpty();
    }

    @ParameterizedTest @ValueSource(strings = {"", "ann", "@x.org", "ann@", "a*@x.org"})
    void wrongUsersAreTold(String users) {
        assertThatThrownBy(() -> new AuthenticatedAs().init(Given.condition(Optional.of(users))))
            .isInstanceOf(MessagingException.class).hasMessageStartingWith("AuthenticatedAs");
    }

    @ParameterizedTest @ValueSource(strings = {"", " , ", "mx.example", "192.0.2.0/24,x", "192.0.2.0/255.0.255.0",
        "192.0.2.0/255.255.255.256", "*", "192.0.*.1", "1.2.3.4.*", "192.0.2.1/255.255.255.0"})
    void wrongNetworksAreTold(String networks) {
        assertThatThrownBy(() -> new RemoteAddrInNetwork().init(Given.condition(Optional.of(networks))))
            .isInstanceOf(MessagingException.class).hasMessageStartingWith("RemoteAddrInNetwork");
    }

    @Test void aConditionThatMeansNothingIsRefused() {
        assertThatThrownBy(() -> new RelayAllowed(RULES).init(Given.condition(Optional.of("x"))))
            .hasMessageContaining("relay.xml");
        assertThatThrownBy(() -> new RecipientIsKnown(RESIDENTS).init(Given.condition(Optional.of("x"))))
            .hasMessageContaining("'x'");
        assertThatThrownBy(() -> new RemoteAddrInNetwork().init(Given.condition(Optional.empty())))
            .hasMessageContaining("needs networks");
    }

    @Test void whoHasNoRoomForTheDeclaredSizeIsOverQuota() throws MessagingException {
        var matcher = new IsOverQuota((recipient, octets) -> recipient.getLocalPart().equals("full") || octets > 1000);
        var mail = Given.mail("192.0.2.9", "", "full@x.org", "user@x.org");
        assertThat(matched(matcher, Optional.empty(), mail)).containsExactly("full@x.org");
        mail.setAttribute(new Attribute(IsOverQuota.DECLARED, AttributeValue.of(5000L)));
        assertThat(matched(matcher, Optional.empty(), mail)).containsExactly("full@x.org", "user@x.org");
        assertThatThrownBy(() -> matched(matcher, Optional.of("5"), mail)).isInstanceOf(MessagingException.class);
    }
}
