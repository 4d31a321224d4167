package org.posthorn.server.delivery.lmtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.posthorn.mailets.port.LmtpTarget;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.server.delivery.Prober;
import org.posthorn.server.delivery.remote.Routes;
import org.posthorn.server.delivery.remote.TestRoutes;
import org.posthorn.server.spool.Route;

class LmtpOverTcpTest extends LmtpAgentContract {

    @Override SocketAddress free() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    @Override String named(SocketAddress address) {
        return "127.0.0.1:" + ((InetSocketAddress) address).getPort();
    }

    @Test void aHostsAddressesAreTriedAndItsMailExchangersNever() throws IOException {
        try (var bench = new Bench(); var store = new FakeStore(free())) {
            bench.zone.mx("store.example", 10, "elsewhere.example").address("elsewhere.example", "127.0.0.3")
                .address("store.example", "127.0.0.2").address("store.example", "127.0.0.1");
            var port = ((InetSocketAddress) store.address()).getPort();
            assertThat(bench.deliver(new Route("lmtp", "store.example:" + port), "a")).singleElement().asString()
                .startsWith("delivered");
        }
    }

    @Test void aDomainsRouteLeadsToTheStore() throws IOException {
        try (var store = new FakeStore(free())) {
            var target = LmtpTarget.parse(named(store.address()));
            try (var bench = new Bench(Bench.REUSE, TlsMode.NEVER, 100,
                TestRoutes.to("example.net", "lmtp:" + target))) {
                var route = new Route("remote", "example.net");
                assertThat(bench.agent.takes(route)).isTrue();
                assertThat(bench.agent.takes(new Route("remote", "example.com"))).isFalse();
                assertThat(bench.agent.destination(route)).as("one queue, whichever way it was named")
                    .isEqualTo(bench.agent.destination(new Route("lmtp", target.toString())));
                assertThat(bench.deliver(route, "a")).singleElement().asString().startsWith("delivered");
            }
        }
    }

    @Test void aStoreIsAskedAboutARecipientAndSentNothing() throws IOException {
        try (var store = new FakeStore(free());
             var bench = new Bench(Bench.REUSE, TlsMode.NEVER, 100,
                 TestRoutes.to("example.net", "lmtp:" + named(store.address())))) {
            store.answering(line -> line.equals("RCPT TO:<none@example.net>") ? "550 5.1.1 Nobody" : "");
            assertThat(bench.prober.takes("example.net")).isTrue();
            assertThat(bench.prober.takes("example.com")).isFalse();
            assertThat(bench.prober.ask(new Mailbox("ann", "example.net"), Deadline.in(Duration.ofSeconds(20))))
                .isInstanceOf(Prober.Finding.Taken.class);
            assertThat(store.heard()).startsWith("(connected)", "LHLO me.example", "MAIL FROM:<>",
                "RCPT TO:<ann@example.net>", "RSET", "QUIT");
            assertThat(bench.prober.ask(new Mailbox("none", "example.net"), Deadline.in(Duration.ofSeconds(20))))
                .isInstanceOfSatisfying(Prober.Finding.Refused.class,
                    refused -> assertThat(refused.why()).endsWith(" said: 550 5.1.1 Nobody"));
        }
    }

    @Test void theStoreHearsTheMailboxsName() throws IOException {
        try (var bench = new Bench(); var store = new FakeStore(free())) {
            bench.users.addDomain("example.net");
            bench.users.addUser(new Mailbox("ann", "example.net"), Optional.empty());
            bench.deliver(new Route("lmtp", named(store.address())), "Postmaster", "ANN+Lists", "gone");
            assertThat(store.heard()).contains("RCPT TO:<ann@example.net>", "RCPT TO:<ann+Lists@example.net>",
                "RCPT TO:<gone@example.net>");
        }
    }

    @Test void aRouteThatNamesNoStoreIsOurMistakeAndTemporary() throws IOException {
        try (var bench = new Bench()) {
            assertThat(bench.deliver(new Route("lmtp", "store.example"), "a")).singleElement().asString()
                .startsWith("deferred RECIPIENT 451 4.3.5");
        }
    }

    @Test void tlsThatIsRequiredIsNeverLeftOut() throws IOException {
        try (var bench = new Bench(Bench.REUSE, TlsMode.REQUIRED, 100, Routes.NONE);
             var store = new FakeStore(free())) {
            assertThat(bench.deliver(new Route("lmtp", named(store.address())), "a")).singleElement().asString()
                .startsWith("deferred DESTINATION").contains("TLS is required");
            assertThat(store.heard("MAIL")).isZero();
            bench.clock.pass(Duration.ofSeconds(1));
        }
    }
}
