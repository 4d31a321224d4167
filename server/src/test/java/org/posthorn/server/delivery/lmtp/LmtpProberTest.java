package org.posthorn.server.delivery.lmtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.client.ClientDeadlines;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.server.delivery.Prober.Finding;
import org.posthorn.server.delivery.Reuse;
import org.posthorn.server.delivery.Timeouts;
import org.posthorn.server.delivery.remote.Connector;
import org.posthorn.server.delivery.remote.MxWalk;
import org.posthorn.server.delivery.remote.RemoteConfig;
import org.posthorn.server.delivery.remote.SlowWire;
import org.posthorn.server.delivery.remote.TestRoutes;
import org.posthorn.server.dns.ZoneDns;

/** How long a store is asked; the time is counted, not waited for. */
@Timeout(60)
class LmtpProberTest {

    private static final Mailbox ANN = new Mailbox("ann", "example.net");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final AtomicLong nanos = new AtomicLong();

    private Finding ask(String store, Connector connector, Deadline until) {
        var zone = new ZoneDns();
        for (var i = 1; i <= 8; i++) {
            zone.address("store.example", "127.0.0." + i);
        }
        var remote = new RemoteConfig("me.example", TestRoutes.to("example.net", "lmtp:" + store), Set.of("me.example"),
            RemoteConfig.Connection.DEFAULT, 100, 20, Reuse.HOSTS);
        var config = new LmtpConfig("me.example", 100, 20, "+", Bench.REUSE, new LmtpConfig.Connection(TlsMode.NEVER,
            new Timeouts(Duration.ofSeconds(25), ClientDeadlines.RFC_5321)));
        return new LmtpProber(remote, new StoreConnector(config, new MxWalk(zone, remote, new Random(1)),
            new DeadlineWatch(), connector)).ask(ANN, until);
    }

    @ParameterizedTest @CsvSource({"0, 0, Unanswered", "1, 0, Unanswered", "2, 0, Unanswered", "3, 0, Unanswered",
        "4, 0, Taken", "6, 7, Unanswered", "6, 2, Unanswered", "3, 1, Unanswered"})
    void allAddressesAndAllAnswersHaveOneTime(int replies, int secondsPerOctet, String finding) {
        var wires = new ArrayList<SlowWire>();
        var found = ask("store.example:24", (_, _, until) -> {
            wires.add(new SlowWire(nanos, Duration.ofSeconds(secondsPerOctet), replies));
            return until.over(wires.getLast());
        }, Deadline.in(MINUTE, nanos::get));
        assertThat(found.getClass().getSimpleName()).as(found.toString()).isEqualTo(finding);
        assertThat(Duration.ofNanos(nanos.get())).isEqualTo(MINUTE);
        assertThat(wires).hasSize(1).allMatch(SlowWire::isClosed);
    }

    @Test void connectingIsPartOfIt() {
        var connects = new ArrayList<Duration>();
        var found = ask("store.example:24", (target, _, until) -> {
            connects.add(until.orSooner(Duration.ofSeconds(25)));
            nanos.addAndGet(connects.getLast().toNanos());
            throw new SocketTimeoutException(target + " is silent");
        }, Deadline.in(MINUTE, nanos::get));
        assertThat(found).isInstanceOf(Finding.Unanswered.class);
        assertThat(connects).containsExactly(Duration.ofSeconds(25), Duration.ofSeconds(25), Duration.ofSeconds(10));
    }

    @Test void aUnixSocketIsLeftAloneWhenTheTimeIsOver(@TempDir Path home) throws IOException {
        var socket = home.resolve("s");
        try (var store = new FakeStore(UnixDomainSocketAddress.of(socket))) {
            assertThat(ask("unix:" + socket, (target, _, _) -> {
                throw new AssertionError(target);
            }, Deadline.in(Duration.ZERO))).isInstanceOf(Finding.Unanswered.class);
            assertThat(store.heard()).isEmpty();
        }
    }
}
