package org.posthorn.server.delivery.tls;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.server.delivery.tls.PolicyFetch.Fetched;

/** Policies from an HTTPS server on loopback (RFC 8461 section 3.3). */
class HttpsPolicyFetchTest {

    private static final String POLICY = "version: STSv1\r\nmode: enforce\r\nmx: mx.d.example\r\nmax_age: 86400\r\n";

    @TempDir private Path directory;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final java.util.concurrent.ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpsServer server;

    @AfterEach void stop() {
        ended.countDown();
        server.stop(0);
        threads.close();
    }

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private Fetched fetch(TestChain chain, boolean trusted, Answer answer) throws Exception {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 5);
        server.setHttpsConfigurator(new HttpsConfigurator(chain.context()));
        server.setExecutor(threads);
        server.createContext("/.well-known/mta-sts.txt", exchange -> {
            try (exchange) {
                answer.to(exchange);
            }
        });
        server.start();
        var authorities = new Authorities(trusted ? Optional.of(chain.authorityFile(directory)) : Optional.empty());
        return new HttpsPolicyFetch(authorities, Duration.ofSeconds(2), _ -> URI.create("https://localhost:"
            + server.getAddress().getPort() + "/.well-known/mta-sts.txt")).fetch("d.example");
    }

    private Fetched fetch(Answer answer) throws Exception {
        return fetch(TestChain.of("localhost"), true, answer);
    }

    private static void say(HttpExchange exchange, int status, String type, String body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, 0);
        exchange.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
    }

    private static Shortcoming.Type wrong(Fetched fetched) {
        return ((Fetched.Failed) fetched).why().type();
    }

    @Test void aPolicyIsFetched() throws Exception {
        assertThat(fetch(exchange -> say(exchange, 200, "text/plain; charset=utf-8", POLICY))).isEqualTo(
            new Fetched.Got(StsPolicy.parse(POLICY).orElseThrow()));
    }

    @Test void aRedirectIsNotFollowed() throws Exception {
        assertThat(wrong(fetch(exchange -> {
            exchange.getResponseHeaders().set("Location", "/.well-known/mta-sts.txt?again");
            say(exchange, exchange.getRequestURI().getQuery() == null ? 302 : 200, "text/plain", POLICY);
        }))).isEqualTo(Shortcoming.Type.STS_POLICY_FETCH_ERROR);
    }

    @Test void whatIsNotThereIsNoPolicy() throws Exception {
        assertThat(wrong(fetch(exchange -> say(exchange, 404, "text/plain", POLICY)))).isEqualTo(
            Shortcoming.Type.STS_POLICY_FETCH_ERROR);
    }

    @Test void anotherMediaTypeIsNoPolicy() throws Exception {
        assertThat(wrong(fetch(exchange -> say(exchange, 200, "text/html", POLICY)))).isEqualTo(
            Shortcoming.Type.STS_POLICY_INVALID);
    }

    @Test void aPolicyWithoutEndIsNotReadToTheEnd() throws Exception {
        assertThat(wrong(fetch(exchange -> say(exchange, 200, "text/plain", POLICY + "x: y\r\n".repeat(20_000)))))
            .isEqualTo(Shortcoming.Type.STS_POLICY_FETCH_ERROR);
    }

    @Test void aServerThatStallsIsLeft() throws Exception {
        assertThat(wrong(fetch(exchange -> {
            say(exchange, 200, "text/plain", "version: STSv1\r\n");
            exchange.getResponseBody().flush();
            try {
                ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }))).isEqualTo(Shortcoming.Type.STS_POLICY_FETCH_ERROR);
    }

    @Test void aCertificateMustBeVouchedForAndForThatName() throws Exception {
        assertThat(wrong(fetch(TestChain.of("localhost"), false, exchange -> say(exchange, 200, "text/plain", POLICY))))
            .isEqualTo(Shortcoming.Type.STS_WEBPKI_INVALID);
        server.stop(0);
        assertThat(wrong(fetch(TestChain.of("other.example"), true,
            exchange -> say(exchange, 200, "text/plain", POLICY)))).isEqualTo(Shortcoming.Type.STS_WEBPKI_INVALID);
    }

    @Test void aDomainThatMakesNoAddressIsNotAskedFor() throws GeneralSecurityException, IOException {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 5);
        var fetch = new HttpsPolicyFetch(TlsConfig.of("me.example", directory), new Authorities(Optional.empty()));
        assertThat(wrong(fetch.fetch("a b\r\nc"))).isEqualTo(Shortcoming.Type.STS_POLICY_FETCH_ERROR);
    }
}
