package org.posthorn.server.admin;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an administrator wants, apart from how it came.
 *
 * @param method GET, POST, PUT or DELETE
 * @param path such as {@code /api/queue/k3f9}
 * @param values of the query and of the JSON body, by name
 */
public record Request(String method, String path, Map<String, String> values) {

    /** Copies the values. */
    public Request {
        values = Map.copyOf(values);
    }

    /** The path's segments behind {@code /api}, or all of them when it does not begin so. */
    List<String> segments() {
        var segments = Arrays.stream(path.split("/", -1)).filter(segment -> !segment.isEmpty()).toList();
        return segments.isEmpty() || !segments.getFirst().equals("api") ? segments
            : segments.subList(1, segments.size());
    }

    /** A value that must be there. */
    String required(String name) {
        return optional(name).orElseThrow(() -> new RequestException(400, "the request needs '" + name + "'"));
    }

    Optional<String> optional(String name) {
        return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
    }

    /** A whole number from 1 to {@code most}. */
    int number(String name, int fallback, int most) {
        var written = optional(name);
        try {
            var number = written.map(Integer::parseInt).orElse(fallback);
            if (number >= 1 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw notANumber(name, most);
        }
        throw notANumber(name, most);
    }

    /** Refuses values that this request does not know: a mistyped one must not be passed over. */
    Request allow(String... names) {
        var unknown = new HashSet<>(values.keySet());
        Set.of(names).forEach(unknown::remove);
        if (!unknown.isEmpty()) {
            throw new RequestException(400, "the request does not know '" + unknown.iterator().next() + "'; it knows "
                + (names.length == 0 ? "no values" : String.join(", ", names)));
        }
        return this;
    }

    private static RequestException notANumber(String name, int most) {
        return new RequestException(400, name + ": expected a number from 1 to " + most);
    }

    /** Passwords are among the values: they are not for logs. */
    @Override public String toString() {
        return method + " " + path;
    }
}
