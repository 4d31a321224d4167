package org.posthorn.server.delivery.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.server.delivery.IdleConnections;
import org.posthorn.server.delivery.Reuse;
import org.posthorn.server.delivery.ReuseContract;
import org.posthorn.server.spool.TestClock;

class RemoteReuseTest extends ReuseContract {

    @Override protected Rig rig(Reuse reuse) throws IOException {
        var answers = new AtomicReference<UnaryOperator<String>>(_ -> "");
        var bench = new RemoteBench();
        bench.reuse = reuse;
        var server = bench.server(line -> answers.get().apply(line));
        return new Rig() {
            @Override public List<String> deliver(String... users) throws IOException {
                return bench.deliver("127.0.0.1:" + server.port(), users);
            }

            @Override public void answering(UnaryOperator<String> special) {
                answers.set(special);
            }

            @Override public List<String> heard() {
                return server.heard();
            }

            @Override public void hangUp() throws IOException {
                server.hangUp();
            }

            @Override public IdleConnections idle() {
                return bench.idle;
            }

            @Override public TestClock clock() {
                return bench.clock;
            }

            @Override public void close() throws IOException {
                bench.close();
            }
        };
    }

    /** RFC 3207 section 4: 454 is a matter of the moment. */
    @Test void whereTlsIsRefusedForNowTheNextMessageAsksAgain() throws IOException {
        try (var bench = new RemoteBench()) {
            var server = bench.server(line -> line.startsWith("EHLO") ? "250-fake\n250 STARTTLS"
                : line.equals("STARTTLS") ? "454 4.7.0 Not now" : "");
            for (var i = 0; i < 2; i++) {
                assertThat(bench.deliver("127.0.0.1:" + server.port(), "ann")).hasSize(1);
            }
            assertThat(server.heard("STARTTLS")).isEqualTo(2);
        }
    }

    @Test void aTextThatWasTakenLeavesNothingToForget() throws IOException {
        try (var bench = new RemoteBench()) {
            var server = bench.server(_ -> "");
            for (var i = 0; i < 3; i++) {
                bench.deliver("127.0.0.1:" + server.port(), "a");
            }
            assertThat(server.heard("RSET")).isZero();
            assertThat(server.heard("(connected)")).isEqualTo(1);
            assertThat(server.heard("EHLO")).isEqualTo(1);
        }
    }

    @Test void aTextThatWasRefusedIsForgottenBeforeTheNext() throws IOException {
        try (var bench = new RemoteBench()) {
            var first = new AtomicInteger();
            var server = bench.server(line -> line.equals(".") && first.getAndIncrement() == 0 ? "550 5.6.0 No" : "");
            assertThat(bench.deliver("127.0.0.1:" + server.port(), "a")).containsExactly("failed 550 5.6.0 No");
            assertThat(bench.deliver("127.0.0.1:" + server.port(), "b")).containsExactly("delivered 250 2.0.0 Taken");
            assertThat(server.heard("RSET")).isEqualTo(1);
            assertThat(server.heard("(connected)")).isEqualTo(1);
        }
    }

    @Test void domainsWithTheSameHostShareAConnection() throws IOException {
        try (var bench = new RemoteBench()) {
            var server = bench.server(_ -> "");
            bench.mxPort = server.port();
            bench.zone.mx("a.example", 10, "mx.example").mx("b.example", 10, "mx.example")
                .address("mx.example", "127.0.0.1");
            assertThat(bench.deliver("a.example", "a")).containsExactly("delivered 250 2.0.0 Taken");
            assertThat(bench.deliver("b.example", "b")).containsExactly("delivered 250 2.0.0 Taken");
            assertThat(server.heard("(connected)")).isEqualTo(1);
        }
    }

    @Test void anotherNameOfTheSameAddressIsAnotherHost() throws IOException {
        try (var bench = new RemoteBench()) {
            var server = bench.server(_ -> "");
            bench.mxPort = server.port();
            bench.zone.mx("a.example", 10, "mx.example").mx("b.example", 10, "other.example")
                .address("mx.example", "127.0.0.1").address("other.example", "127.0.0.1");
            bench.deliver("a.example", "a");
            bench.deliver("b.example", "b");
            assertThat(server.heard("(connected)")).as("a certificate speaks for a name").isEqualTo(2);
        }
    }

    @Test void anotherPortOrAddressIsAnotherServer() throws IOException {
        try (var bench = new RemoteBench()) {
            var one = bench.server(_ -> "");
            var two = bench.server(_ -> "");
            bench.zone.address("mx.example", "127.0.0.1");
            bench.deliver("mx.example:" + one.port(), "a");
            bench.deliver("mx.example:" + two.port(), "b");
            assertThat(one.heard("> Hello")).isEqualTo(1);
            assertThat(two.heard("> Hello")).isEqualTo(1);
        }
    }

    @Test void whatAsksForTlsNeverGoesOverAConnectionThatWasOpenedWithout() throws IOException {
        try (var bench = new RemoteBench()) {
            var server = bench.server(_ -> "");
            for (var tls : List.of(TlsMode.NEVER, TlsMode.OPPORTUNISTIC)) {
                bench.tls = tls;
                assertThat(bench.deliver("127.0.0.1:" + server.port(), "a")).singleElement().asString()
                    .startsWith("delivered");
            }
            assertThat(server.heard("(connected)")).as("opportunistic asks for itself").isEqualTo(2);
            bench.tls = TlsMode.REQUIRED;
            assertThat(bench.deliver("127.0.0.1:" + server.port(), "b")).singleElement().asString()
                .startsWith("deferred DESTINATION").contains("TLS is required");
            assertThat(server.heard("> Hello")).isEqualTo(2);
        }
    }

    @Test void whatAsksForACertificateNeverGoesWhereAnyWasTaken() throws IOException, GeneralSecurityException {
        try (var bench = new RemoteBench()) {
            var server = tlsServer(bench);
            assertThat(bench.deliver("127.0.0.1:" + server.port(), "a")).singleElement().asString()
                .startsWith("delivered");
            assertThat(bench.deliver("127.0.0.1:" + server.port(), "b")).singleElement().asString()
                .startsWith("delivered");
            assertThat(server.heard("(secured)")).as("with TLS a connection is kept too").isEqualTo(1);
            bench.tls = TlsMode.REQUIRED;
            assertThat(bench.deliver("127.0.0.1:" + server.port(), "c")).singleElement().asString()
                .startsWith("deferred DESTINATION").contains("handshake");
            assertThat(server.heard("> Hello")).isEqualTo(2);
        }
    }

    @Test void afterAHandshakeThatFailedTheNextMessageTriesAgain() throws IOException {
        try (var bench = new RemoteBench()) {
            var server = bench.server(line -> line.startsWith("EHLO") ? "250-fake\n250 STARTTLS"
                : line.equals("STARTTLS") ? "220 Go\n220 This is not TLS" : "");
            for (var i = 0; i < 2; i++) {
                assertThat(bench.deliver("127.0.0.1:" + server.port(), "a"))
                    .containsExactly("delivered 250 2.0.0 Taken");
            }
            assertThat(server.heard("STARTTLS")).isEqualTo(2);
            assertThat(server.heard("(connected)")).as("the one in the clear served both").isEqualTo(3);
        }
    }

    private static FakeServer tlsServer(RemoteBench bench) throws IOException, GeneralSecurityException {
        return bench.server(line -> line.startsWith("EHLO") ? "250-fake\n250 STARTTLS"
            : line.equals("STARTTLS") ? "220 Go" : "", Optional.of(TestTls.selfSigned()));
    }
}
