package org.posthorn.server.delivery.tls;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** By the JDK's client, without redirects, within 30 seconds; a client for each, since there are few. */
@Singleton
final class HttpsReportPost implements ReportPost {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Authorities authorities;
    private final Duration timeout;

    @Inject
    HttpsReportPost(Authorities authorities) {
        this(authorities, TIMEOUT);
    }

    /** From connecting to the answer's last octet no longer than that. */
    HttpsReportPost(Authorities authorities, Duration timeout) {
        this.authorities = authorities;
        this.timeout = timeout;
    }

    @Override public void post(URI to, byte[] report) throws IOException {
        try (var client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout).sslContext(authorities.context()).build()) {
            try {
                var request = HttpRequest.newBuilder(to).timeout(timeout)
                    .header("Content-Type", "application/tlsrpt+gzip")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(report)).build();
                // The request's own limit is for the headers alone; the body may never end.
                var answer = client.sendAsync(request, BodyHandlers.discarding())
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
                if (answer.statusCode() / 100 != 2) {
                    throw new IOException("the server answers " + answer.statusCode());
                }
            } finally {
                client.shutdownNow();   // closing alone would wait for the answer
            }
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + timeout.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause().getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
