package org.posthorn.server.delivery.tls;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import javax.net.ssl.SSLException;

/**
 * By HTTPS from {@code mta-sts.DOMAIN}, whose certificate must be for that name and vouched for: no redirects, at most
 * 64 KiB of plain text, within the configured time (RFC 8461 section 3.3).
 */
@Singleton
final class HttpsPolicyFetch implements PolicyFetch {

    private static final long MOST = 65_536;    // octets

    private final Authorities authorities;
    private final Duration timeout;
    private final Function<String, URI> place;
    private volatile Optional<HttpClient> client = Optional.empty();

    @Inject
    HttpsPolicyFetch(TlsConfig config, Authorities authorities) {
        this(authorities, config.sts().timeout(),
            domain -> URI.create("https://mta-sts." + domain + "/.well-known/mta-sts.txt"));
    }

    HttpsPolicyFetch(Authorities authorities, Duration timeout, Function<String, URI> place) {
        this.authorities = authorities;
        this.timeout = timeout;
        this.place = place;
    }

    @Override public Fetched fetch(String domain) {
        try {
            var request = HttpRequest.newBuilder(place.apply(domain)).timeout(timeout).build();
            var answer = client().sendAsync(request,
                BodyHandlers.limiting(BodyHandlers.ofString(StandardCharsets.UTF_8), MOST));
            try {
                return read(answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
            } finally {
                answer.cancel(true);
            }
        } catch (IllegalArgumentException e) {
            return failed(Shortcoming.Type.STS_POLICY_FETCH_ERROR, "the domain makes no address: " + e.getMessage());
        } catch (TimeoutException e) {
            return failed(Shortcoming.Type.STS_POLICY_FETCH_ERROR, "no policy within " + timeout.toSeconds() + " s");
        } catch (ExecutionException e) {
            return failed(isAboutTls(e) ? Shortcoming.Type.STS_WEBPKI_INVALID : Shortcoming.Type.STS_POLICY_FETCH_ERROR,
                words(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(Shortcoming.Type.STS_POLICY_FETCH_ERROR, "interrupted");
        }
    }

    private static Fetched read(HttpResponse<String> response) {
        if (response.statusCode() != 200) {
            return failed(Shortcoming.Type.STS_POLICY_FETCH_ERROR, "the server answers " + response.statusCode());
        }
        var type = response.headers().firstValue("Content-Type").orElse("").strip();
        if (!type.regionMatches(true, 0, "text/plain", 0, 10)) {
            return failed(Shortcoming.Type.STS_POLICY_INVALID, "the policy is '" + type + "', not text/plain");
        }
        return StsPolicy.parse(response.body()).<Fetched>map(Fetched.Got::new)
            .orElseGet(() -> failed(Shortcoming.Type.STS_POLICY_INVALID, "the policy cannot be understood"));
    }

    private static Fetched failed(Shortcoming.Type type, String why) {
        return new Fetched.Failed(new Shortcoming(type, why));
    }

    private static boolean isAboutTls(Throwable e) {
        for (var cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return true;
            }
        }
        return false;
    }

    private static String words(Throwable e) {
        var cause = e instanceof IOException ? e : new IOException(e);
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    private HttpClient client() {
        var made = client;
        if (made.isEmpty()) {
            made = Optional.of(HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout).sslContext(authorities.context()).build());
            client = made;
        }
        return made.get();
    }
}
