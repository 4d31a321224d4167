package org.posthorn.server.delivery.tls;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** By the JDK's client, without redirects, within 30 seconds; a client for each, since there are few. */
@Singleton
final class HttpsReportPost implements ReportPost {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Authorities authorities;

    @Inject
    HttpsReportPost(Authorities authorities) {
        this.authorities = authorities;
    }

    @Override public void post(URI to, byte[] report) throws IOException {
        try (var client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(TIMEOUT).sslContext(authorities.context()).build()) {
            var answer = client.send(HttpRequest.newBuilder(to).timeout(TIMEOUT)
                .header("Content-Type", "application/tlsrpt+gzip")
                .POST(HttpRequest.BodyPublishers.ofByteArray(report)).build(), BodyHandlers.discarding());
            if (answer.statusCode() / 100 != 2) {
                throw new IOException("the server answers " + answer.statusCode());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
