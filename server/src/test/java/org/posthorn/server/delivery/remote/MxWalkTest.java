package org.posthorn.server.delivery.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.server.config.Sections;
import org.posthorn.server.delivery.Outcome;
import org.posthorn.server.delivery.Reuse;
import org.posthorn.server.dns.Dns;
import org.posthorn.server.dns.ZoneDns;

class MxWalkTest {

    private final ZoneDns zone = new ZoneDns();
    private final MxWalk walk = new MxWalk(zone, new RemoteConfig("me.example", Routes.NONE,
        Set.of("me.example", "192.0.2.99"), RemoteConfig.Connection.DEFAULT, 100, 20, Reuse.HOSTS), new Random(7));

    private List<String> go(String hop) {
        var way = walk.to(NextHop.parse(hop));
        assertThat(way).isInstanceOf(MxWalk.Way.Go.class);
        return ((MxWalk.Way.Go) way).targets().stream()
            .map(target -> target.host() + "/" + target.address().getHostAddress() + ":" + target.port()).toList();
    }

    private String stop(String hop) {
        var way = walk.to(NextHop.parse(hop));
        assertThat(way).isInstanceOf(MxWalk.Way.Stop.class);
        var outcome = ((MxWalk.Way.Stop) way).outcome();
        return (outcome instanceof Outcome.Failed ? "failed " : "deferred ") + outcome.reply().code() + " "
            + outcome.reply().status().orElseThrow();
    }

    @Test void exchangersGoByPreference() {
        zone.mx("d.example", 20, "b.example").mx("d.example", 10, "a.example")
            .address("a.example", "192.0.2.1").address("b.example", "192.0.2.2");
        assertThat(go("d.example")).containsExactly("a.example/192.0.2.1:25", "b.example/192.0.2.2:25");
    }

    @Test void bothFamiliesTakeTurns() {
        zone.mx("d.example", 10, "a.example").address("a.example", "192.0.2.1").address("a.example", "192.0.2.2")
            .address("a.example", "2001:db8::1");
        assertThat(go("d.example")).containsExactly("a.example/2001:db8:0:0:0:0:0:1:25", "a.example/192.0.2.1:25",
            "a.example/192.0.2.2:25");
    }

    @Test void withoutMxTheDomainItselfIsTheHost() {
        zone.address("d.example", "192.0.2.1");
        assertThat(go("d.example")).containsExactly("d.example/192.0.2.1:25");
    }

    @Test void withMxTheDomainItselfIsNeverTheHost() {
        zone.mx("d.example", 10, "gone.example").address("d.example", "192.0.2.1");
        assertThat(stop("d.example")).isEqualTo("deferred 451 4.4.4");
    }

    @Test void aFailedMxLookupIsNeverTakenForNone() {
        zone.address("d.example", "192.0.2.1").failing("d.example");
        assertThat(stop("d.example")).isEqualTo("deferred 451 4.4.3");
    }

    @Test void aDomainThatDoesNotExistFails() {
        assertThat(stop("d.example")).isEqualTo("failed 550 5.1.2");
    }

    @Test void aDomainWithoutMxAndAddressFailsUnlessTheLookupDid() {
        zone.exists("d.example");
        assertThat(stop("d.example")).isEqualTo("failed 550 5.4.4");
        zone.withoutAddresses("d.example");
        assertThat(stop("d.example")).isEqualTo("deferred 451 4.4.3");
    }

    @Test void anExchangerThatCannotBeLookedUpKeepsNoOtherFromItsMail() {
        zone.mx("d.example", 10, "a.example").mx("d.example", 20, "b.example").failing("a.example")
            .address("b.example", "192.0.2.2");
        assertThat(go("d.example")).containsExactly("b.example/192.0.2.2:25");
        zone.mx("e.example", 10, "a.example").mx("e.example", 20, "gone.example");
        assertThat(stop("e.example")).isEqualTo("deferred 451 4.4.3");
    }

    @Test void theNullMxAloneMeansNoMail() {
        zone.mx("d.example", 0, "");
        assertThat(stop("d.example")).isEqualTo("failed 556 5.1.10");
    }

    @Test void aNullMxAmongOthersIsPassedOver() {
        zone.mx("d.example", 0, "").mx("d.example", 10, "a.example").address("a.example", "192.0.2.1");
        assertThat(go("d.example")).containsExactly("a.example/192.0.2.1:25");
    }

    @ParameterizedTest
    @ValueSource(strings = {"me.example", "ME.example", "by-address.example"})
    void weAndAllThatIsNotBetterAreLeftOut(String self) {
        zone.mx("d.example", 10, "a.example").mx("d.example", 20, self).mx("d.example", 20, "b.example")
            .mx("d.example", 30, "c.example").address("a.example", "192.0.2.1").address("b.example", "192.0.2.2")
            .address("c.example", "192.0.2.3").address("by-address.example", "192.0.2.99");
        for (var round = 0; round < 20; round++) {
            assertThat(go("d.example")).containsExactly("a.example/192.0.2.1:25");
        }
    }

    /** As an operator writes them: what a router or proxy in front of us has belongs to us too (NAT). */
    @ParameterizedTest
    @CsvSource({"2001:DB8::99,2001:db8::99", "2001:0db8:0:0::99,2001:db8::99", "::ffff:198.51.100.1,198.51.100.1",
        "Proxy.Example.,192.0.2.5", "MX_1.example,192.0.2.5", "b\u00fccher.example,192.0.2.5"})
    void ourNamesAndAddressesMayBeWrittenInAnyForm(String self, String address) {
        var behind = new MxWalk(zone, RemoteConfig.read(Sections.of("delivery", "<delivery><self>" + self
            + "</self></delivery>"), Path.of("home"), "me.example"), new Random(7));
        zone.mx("f.example", 10, "mx_1.example").address("mx_1.example", address);
        zone.mx("d.example", 10, "proxy.example").mx("e.example", 10, "xn--bcher-kva.example")
            .address("proxy.example", address).address("xn--bcher-kva.example", address);
        var domain = self.startsWith("b") ? "e.example" : self.startsWith("MX") ? "f.example" : "d.example";
        assertThat(behind.to(NextHop.parse(domain))).isInstanceOfSatisfying(MxWalk.Way.Stop.class, stop ->
            assertThat(stop.outcome().reply().status().orElseThrow()).hasToString("5.4.6"));
    }

    @Test void whereWeAreTheBestMailWouldCircle() {
        zone.mx("d.example", 10, "me.example").mx("d.example", 20, "b.example").address("b.example", "192.0.2.2");
        assertThat(stop("d.example")).isEqualTo("failed 554 5.4.6");
        zone.address("own.example", "192.0.2.99");
        assertThat(stop("own.example")).isEqualTo("failed 554 5.4.6");
    }

    @Test void betterOnesThanUsWithoutAddressMakeItWait() {
        zone.mx("d.example", 10, "gone.example").mx("d.example", 20, "me.example");
        assertThat(stop("d.example")).isEqualTo("deferred 451 4.4.4");
        zone.failing("gone.example");
        assertThat(stop("d.example")).isEqualTo("deferred 451 4.4.3");
    }

    @ParameterizedTest
    @CsvSource({"[192.0.2.5],192.0.2.5/192.0.2.5:25", "192.0.2.5:2525,192.0.2.5/192.0.2.5:2525",
        "[2001:db8::5]:99,2001:db8::5/2001:db8:0:0:0:0:0:5:99",
        "[ipv6:2001:db8::5],2001:db8::5/2001:db8:0:0:0:0:0:5:25",
        "a.example:2525,a.example/192.0.2.1:2525", "[A.example],a.example/192.0.2.1:25"})
    void aHostIsTakenAsItIs(String hop, String target) {
        zone.mx("a.example", 10, "elsewhere.example").address("a.example", "192.0.2.1");
        assertThat(go(hop)).containsExactly(target);
    }

    @ParameterizedTest
    @CsvSource({"no.example:25,deferred 451 4.4.4", "bad.example:25,deferred 451 4.4.3",
        "[999.1.1.1],deferred 451 4.4.4"})
    void aHostWithoutAddressWaits(String hop, String outcome) {
        zone.failing("bad.example");
        assertThat(stop(hop)).isEqualTo(outcome);
    }

    @Test void equalPreferencesAreShuffledEvenly() {
        var hosts = List.of("a", "b", "c", "d");
        hosts.forEach(host -> zone.mx("d.example", 10, host + ".example")
            .address(host + ".example", "192.0.2." + (1 + hosts.indexOf(host))));
        var counts = new HashMap<String, Integer>();
        var orders = new HashSet<List<String>>();
        var rounds = 4_000;
        for (var round = 0; round < rounds; round++) {
            var order = go("d.example");
            counts.merge(order.getFirst(), 1, Integer::sum);
            orders.add(order);
        }
        var expected = rounds / 4.0;
        var chiSquare = counts.values().stream().mapToDouble(n -> (n - expected) * (n - expected) / expected).sum();
        assertThat(chiSquare).isLessThan(16.27);   // 3 degrees of freedom, p = 0.001; the seed is fixed
        assertThat(orders).hasSize(24);
    }

    private MxWalkTest srv(int priority, int weight, int port, String host) {
        zone.srv("_s._tcp.d.example", new Dns.SrvRecord(priority, weight, port, host));
        return this;
    }

    @Test void aServicesHostsGoByPriorityWithTheirPorts() {
        srv(20, 0, 26, "b.example").srv(10, 0, 587, "a.example").srv(30, 0, 25, "me.example");
        zone.address("a.example", "192.0.2.1").address("b.example", "192.0.2.2").address("me.example", "192.0.2.3");
        assertThat(go("_s._tcp.d.example")).containsExactly("a.example/192.0.2.1:587", "b.example/192.0.2.2:26");
    }

    @Test void noMoreHostsOfAServiceAreLookedUpThanOfADomain() {
        for (var i = 0; i < 25; i++) {
            srv(i, 0, 587, "h" + i + ".example");
            zone.address("h" + i + ".example", "192.0.2." + (i + 1));
        }
        assertThat(go("_s._tcp.d.example")).hasSize(20).first().isEqualTo("h0.example/192.0.2.1:587");
    }

    @Test void aServiceThatIsNotAvailableWaits() {
        assertThat(stop("_s._tcp.d.example")).isEqualTo("deferred 451 4.4.4");
        zone.failing("_s._tcp.d.example");
        assertThat(stop("_s._tcp.d.example")).isEqualTo("deferred 451 4.4.3");
        zone.working("_s._tcp.d.example");
        srv(0, 0, 0, "");
        assertThat(stop("_s._tcp.d.example")).isEqualTo("deferred 451 4.4.4");
        srv(0, 0, 25, "gone.example");
        assertThat(stop("_s._tcp.d.example")).isEqualTo("deferred 451 4.4.4");
    }

    /** RFC 2782: the share of each is its weight; those of weight 0 are drawn rarely beside others. */
    @Test void equalPrioritiesAreDrawnByWeight() {
        var weights = Map.of("a", 60, "b", 30, "c", 10, "d", 0);
        weights.forEach((host, weight) -> srv(10, weight, 25, host + ".example"));
        weights.keySet().forEach(host -> zone.address(host + ".example", "192.0.2." + (host.charAt(0) - 'a' + 1)));
        var counts = new HashMap<String, Integer>();
        var rounds = 10_100;
        for (var round = 0; round < rounds; round++) {
            var order = go("_s._tcp.d.example");
            assertThat(order).hasSize(4).doesNotHaveDuplicates();
            counts.merge(order.getFirst().substring(0, 1), 1, Integer::sum);
        }
        var chiSquare = 0.0;
        for (var weight : weights.entrySet()) {
            var expected = rounds * (weight.getValue() == 0 ? 1 : weight.getValue()) / 101.0;
            var off = counts.getOrDefault(weight.getKey(), 0) - expected;
            chiSquare += off * off / expected;
        }
        assertThat(chiSquare).as(counts.toString()).isLessThan(16.27);   // 3 degrees of freedom, p = 0.001
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "<a>", "[a", "a:", "a:0", "a:65536", "a:b", "[]", "a@b",
        "[a]:x", "b\u00fc.example"})
    void whatIsNoNextHopIsRefused(String text) {
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> NextHop.parse(text))
            .isInstanceOf(IllegalArgumentException.class);
    }

    @Test void noTextMakesTheParserStumble() {
        var random = new Random(20_260_102);
        var alphabet = "a1.:[]-@ \\\u00e4";
        for (var round = 0; round < 20_000; round++) {
            var text = new StringBuilder();
            for (var i = random.nextInt(12); i > 0; i--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                assertThat(NextHop.parse(text.toString()).toString()).isNotEmpty();
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).startsWith("expected");
            }
        }
    }
}
