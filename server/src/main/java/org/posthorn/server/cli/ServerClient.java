package org.posthorn.server.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.posthorn.server.admin.Request;

/**
 * Speaks to the running server.
 *
 * @param address {@code ADDRESS:PORT}
 * @param token the secret of data/admin.token
 */
record ServerClient(String address, String token) {

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofMinutes(2);   // a retry of a very large queue takes its time
    private static final Duration FETCHED = Duration.ofHours(12);   // as long as the mail takes over a slow line
    private static final String FETCH = "/api/fetch";

    /** What is to be printed. */
    record Printed(boolean isOk, String text) {
    }

    /** Asks, and takes the answer as it is. */
    Printed send(Request request, boolean json) throws IOException {
        var inQuery = request.method().equals("GET") || request.method().equals("DELETE");
        var uri = URI.create("http://" + address + request.path()
            + (inQuery && !request.values().isEmpty() ? "?" + query(request.values()) : ""));
        var http = HttpRequest.newBuilder(uri)
            .timeout(request.path().equals(FETCH) ? FETCHED : ANSWER)
            .header("Authorization", "Bearer " + token)
            .header("Accept", json ? "application/json" : "text/plain")
            .method(request.method(), inQuery ? BodyPublishers.noBody() : BodyPublishers.ofString(body(request)));
        try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT)
                .build()) {
            var response = client.send(http.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
            return new Printed(response.statusCode() < 300, response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static String query(Map<String, String> values) {
        return values.entrySet().stream().map(entry -> entry.getKey() + "="
            + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8)).collect(Collectors.joining("&"));
    }

    private static String body(Request request) {
        var json = JsonNodeFactory.instance.objectNode();
        request.values().forEach(json::put);
        return json.toString();
    }

    /** The token is not for logs. */
    @Override public String toString() {
        return "ServerClient " + address;
    }
}
