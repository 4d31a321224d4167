package org.posthorn.server.delivery.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports to an HTTPS server on loopback (RFC 8460 section 5.4). */
class HttpsReportPostTest {

    @TempDir private Path directory;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpsServer server;

    @AfterEach void stop() {
        ended.countDown();
        server.stop(0);
        threads.close();
    }

    private void post(HttpHandler answer) throws Exception {
        var chain = TestChain.of("localhost");
        server = HttpsServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 5);
        server.setHttpsConfigurator(new HttpsConfigurator(chain.context()));
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                answer.handle(exchange);
            }
        });
        server.start();
        new HttpsReportPost(new Authorities(Optional.of(chain.authorityFile(directory))), Duration.ofSeconds(2))
            .post(URI.create("https://localhost:" + server.getAddress().getPort() + "/"), new byte[] {1, 2, 3});
    }

    @Test void aReportIsPosted() throws Exception {
        post(exchange -> exchange.sendResponseHeaders(
            exchange.getRequestBody().readAllBytes().length == 3 ? 204 : 400, -1));
    }

    @Test void whatIsNotTakenIsTold() {
        assertThatThrownBy(() -> post(exchange -> exchange.sendResponseHeaders(500, -1)))
            .isInstanceOf(IOException.class).hasMessageContaining("answers 500");
    }

    /** Its headers come in time, its body never ends. */
    @Test void aServerThatStallsIsLeft() {
        var began = System.nanoTime();
        assertThatThrownBy(() -> post(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('x');
            exchange.getResponseBody().flush();
            try {
                assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        })).isInstanceOf(IOException.class).hasMessageContaining("within 2 s");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
    }
}
