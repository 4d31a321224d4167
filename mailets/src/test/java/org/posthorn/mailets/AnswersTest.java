package org.posthorn.mailets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.MessagingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.mailet.Mailet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.mailets.port.Described;
import org.posthorn.mailets.port.Stage;

class AnswersTest {

    private final Given.NotePad pad = new Given.NotePad();

    private String said(Mailet mailet, String... parameters) throws MessagingException {
        mailet.init(Given.parameters(parameters));
        mailet.service(Given.mail("192.0.2.1", "", "ann@example.org"));
        return pad.said.getLast();
    }

    @Test void eachSaysItsAnswer() throws MessagingException {
        assertThat(said(new Accept(pad))).isEqualTo("Accept[]");
        assertThat(said(new Discard(pad))).isEqualTo("Discard[]");
        assertThat(said(new Reject(pad, Given.NO_FACTS))).isEqualTo("Reject[reply=550 5.7.1 Refused by local policy]");
        assertThat(said(new Reject(pad, Given.NO_FACTS), "reply", "554 5.7.0 No"))
            .isEqualTo("Reject[reply=554 5.7.0 No]");
        assertThat(said(new Defer(pad, Given.NO_FACTS))).isEqualTo("Defer[reply=451 4.7.1 Please try again later]");
        assertThat(said(new Disconnect(pad))).isEqualTo("Disconnect[reply=421 4.7.0 Closing the connection]");
        assertThat(said(new Disconnect(pad), "reply", "554 5.7.1 No")).isEqualTo("Disconnect[reply=554 5.7.1 No]");
        assertThat(said(new Hold(pad), "name", "look-1")).isEqualTo("Hold[name=look-1]");
        assertThat(said(new DSNBounce(pad))).isEqualTo("Reject[reply=550 5.0.0 The message could not be delivered]");
        assertThat(said(new LocalDelivery(pad))).isEqualTo("Route[agent=local, nextHop=]");
        assertThat(said(new RemoteDelivery(pad))).isEqualTo("RouteByDomain[agent=remote]");
    }

    @ParameterizedTest @CsvSource({
        "relay.example, '', relay.example:25", "relay.example:2525, '', relay.example:2525",
        "relay.example, 587, relay.example:587", "relay.example:26, 587, relay.example:26",
        "192.0.2.1, '', 192.0.2.1:25", "[2001:db8::1], '', [2001:db8::1]:25", "[2001:db8::1]:24, '', [2001:db8::1]:24"})
    void aGatewayIsHostAndPort(String gateway, String port, String nextHop) throws MessagingException {
        assertThat(said(new RemoteDelivery(pad), "gateway", gateway, "gatewayPort", port))
            .isEqualTo("Route[agent=remote, nextHop=" + nextHop + "]");
    }

    @ParameterizedTest @ValueSource(strings = {
        "a b", "a,b", "relay.example:", "relay.example:0", "relay.example:65536", "2001:db8::1", "relay.example:25:25"})
    void otherGatewaysAreRefused(String gateway) {
        assertThatThrownBy(() -> said(new RemoteDelivery(pad), "gateway", gateway))
            .isInstanceOf(MessagingException.class).hasMessageStartingWith("RemoteDelivery: ");
    }

    @ParameterizedTest @CsvSource({"Store.example:2424, store.example:2424", "[::1]:24, [::1]:24",
        "unix:/run/dovecot/lmtp, unix:/run/dovecot/lmtp"})
    void aMailStoreHasAPortOrAPath(String to, String nextHop) throws MessagingException {
        assertThat(said(new LmtpDelivery(pad), "to", to)).isEqualTo("Route[agent=lmtp, nextHop=" + nextHop + "]");
    }

    @ParameterizedTest @ValueSource(strings = {"", "store.example", "store.example:25", "unix:lmtp", "unix:"})
    void otherMailStoresAreRefused(String to) {
        assertThatThrownBy(() -> said(new LmtpDelivery(pad), "to", to))
            .isInstanceOf(MessagingException.class).hasMessageStartingWith("LmtpDelivery: ");
    }

    @Test void aPortNeedsAGateway() {
        assertThatThrownBy(() -> said(new RemoteDelivery(pad), "gatewayPort", "25")).hasMessageContaining("needs");
    }

    @ParameterizedTest @ValueSource(strings = {"450 4.7.1 No", "250 2.0.0 Yes", "no"})
    void disconnectSays421Or5yz(String reply) {
        assertThatThrownBy(() -> said(new Disconnect(pad), "reply", reply)).isInstanceOf(MessagingException.class);
    }

    @ParameterizedTest @CsvSource({"5 s, 5000", "500 ms, 500", "60s, 60000", "0 s, 0"})
    void delayWaits(String time, long millis) throws MessagingException {
        var pauses = new ArrayList<Duration>();
        var delay = new Delay(pauses::add);
        delay.init(Given.parameters("for", time));
        delay.service(Given.mail("192.0.2.1", "", "ann@example.org"));
        assertThat(pauses).containsExactly(Duration.ofMillis(millis));
    }

    @ParameterizedTest @ValueSource(strings = {"", "5", "61 s", "60001 ms", "1 m", "-1 s", "1.5 s"})
    void delayIsBounded(String time) {
        assertThatThrownBy(() -> new Delay(_ -> { }).init(Given.parameters("for", time)))
            .isInstanceOf(MessagingException.class).hasMessageStartingWith("Delay: <for>");
    }

    @Test void delayStopsWithTheServer() {
        var delay = new Delay(_ -> {
            throw new InterruptedException();
        });
        assertThatThrownBy(() -> delay.service(Given.mail("192.0.2.1", "", "ann@example.org")))
            .isInstanceOf(MessagingException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test void whoWaitsForAnAnswerStandsInTheSession() {
        var inSession = Set.of(Stage.CONNECT, Stage.RCPT, Stage.DATA);
        assertThat(Stream.<Described>of(new Accept(pad), new Disconnect(pad), new Delay(_ -> { })))
            .allSatisfy(mailet -> assertThat(mailet.manifest().stages()).isEqualTo(inSession));
        assertThat(Stream.<Described>of(new LocalDelivery(pad), new RemoteDelivery(pad), new DSNBounce(pad)))
            .allSatisfy(mailet -> assertThat(mailet.manifest().stages()).containsExactly(Stage.ACCEPTED));
        assertThat(new Hold(pad).manifest().ends()).isFalse();   // a released mail passes
        assertThat(new Reject(pad, Given.NO_FACTS).manifest().stages()).hasSize(4);
    }
}
