package org.posthorn.server.delivery.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Exchangers that answer EHLO with our name: we, by an address that nobody told us is ours (a router's, a proxy's), or
 * another server that was given the same name. All listen at 127.0.0.1; nobody does at 127.0.0.2.
 */
class OwnNameTest {

    private static final String TAKEN = "delivered 250 2.0.0 Taken";
    private static final String IT_SEEMS = "deferred DESTINATION 451 4.4.6 ";

    private final RemoteBench bench = new RemoteBench();
    private FakeServer server;

    @BeforeEach void zone() throws IOException {
        server("250-me.example\n250 PIPELINING");
        bench.zone.address("one.example", "127.0.0.1").address("two.example", "127.0.0.1")
            .address("dead.example", "127.0.0.2");
    }

    private void server(String hello) throws IOException {
        server = bench.server(line -> line.startsWith("EHLO") ? hello : "");
        bench.mxPort = server.port();
    }

    @AfterEach void close() throws IOException {
        bench.close();
    }

    private String deliver(String nextHop) throws IOException {
        return bench.deliver(nextHop, "a").getFirst();
    }

    /** A name proves nothing: a bounce would be final, and the other server's mail lost. */
    @ParameterizedTest @ValueSource(strings = {"250-me.example\n250 PIPELINING", "250 ME.example at your service"})
    void mailWaitsAndNoneThatIsNotBetterIsAsked(String hello) throws IOException {
        server(hello);
        bench.zone.mx("d.example", 10, "one.example").mx("d.example", 20, "two.example");
        assertThat(deliver("d.example")).startsWith(IT_SEEMS + "Mail for d.example").contains("one.example");
        assertThat(server.heard("(connected)")).isEqualTo(1);
        assertThat(server.heard("MAIL")).isZero();
    }

    @Test void whatABetterOneSaidCounts() throws IOException {
        bench.zone.mx("d.example", 10, "dead.example").mx("d.example", 20, "one.example");
        assertThat(deliver("d.example")).startsWith("deferred DESTINATION 451 4.4.1");
    }

    /** It may take the mail tomorrow. */
    @Test void mailWaitsWhereABetterOneCannotBeLookedUp() throws IOException {
        bench.zone.mx("d.example", 10, "broken.example").mx("d.example", 20, "one.example")
            .failing("broken.example");
        assertThat(deliver("d.example")).startsWith(IT_SEEMS);
    }

    @Test void theFallbackIsTriedByAllItsAddresses() throws IOException {
        bench.zone.mx("d.example", 10, "one.example").address("relay.example", "127.0.0.2")
            .address("relay.example", "127.0.0.1");
        bench.routes = new Routes(Map.of(), List.of(), List.of(TestRoutes.relay("[relay.example]")));
        assertThat(deliver("d.example")).isEqualTo(TAKEN);
    }

    /** Half of all machines are called localhost. */
    @Test void aNameWithoutADotIsNobodys() throws IOException {
        bench.hostname = "localhost";
        server("250 localhost");
        bench.zone.mx("d.example", 10, "one.example");
        assertThat(deliver("d.example")).isEqualTo(TAKEN);
    }

    /** A filter beside us, as a rule. */
    @ParameterizedTest @ValueSource(strings = {"[one.example]", "filter.example"})
    void aRouteMayLeadThere(String to) throws IOException {
        bench.zone.mx("filter.example", 10, "one.example");
        bench.routes = TestRoutes.to("d.example", to);
        assertThat(deliver("d.example")).isEqualTo(TAKEN);
    }

    @Test void aConnectionThatARouteLeftOpenIsLookedAtToo() throws IOException {
        bench.zone.mx("d.example", 10, "one.example");
        assertThat(deliver("[one.example]")).isEqualTo(TAKEN);
        assertThat(deliver("d.example")).startsWith(IT_SEEMS);
        assertThat(deliver("[one.example]")).isEqualTo(TAKEN);
        assertThat(server.heard("(connected)")).as("it is kept for whom it is good").isEqualTo(1);
    }
}
