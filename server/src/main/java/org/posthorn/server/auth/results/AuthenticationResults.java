package org.posthorn.server.auth.results;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The header field {@code Authentication-Results} (RFC 8601 section 2.2): one for all methods. */
public final class AuthenticationResults {

    private AuthenticationResults() {
    }

    /**
     * What one method found out.
     *
     * @param method its name, such as {@code spf} (RFC 8601 section 2.7)
     * @param result such as {@code pass}
     * @param reason for people; empty for none
     * @param properties what was looked at, such as {@code smtp.mailfrom}, with its value
     */
    public record Method(String method, String result, String reason, Map<String, String> properties) {
        /** Checks the names, which are ours, and copies the map. */
        public Method {
            properties = Map.copyOf(properties);
            for (var name : List.of(method, result)) {
                if (!name.matches("[a-z0-9-]+")) {
                    throw new IllegalArgumentException("no keyword: " + name);
                }
            }
        }
    }

    /**
     * The whole field, folded, with its CRLF.
     *
     * @param authservId who says so: our name
     * @param methods in the order in which they were asked; none gives {@code none}
     */
    public static String field(String authservId, List<Method> methods) {
        var field = new StringBuilder("Authentication-Results: ").append(Words.value(authservId));
        if (methods.isEmpty()) {
            field.append("; none");
        }
        for (var method : methods) {
            field.append(";\r\n\t").append(method.method).append('=').append(method.result);
            if (!method.reason.isEmpty()) {
                field.append("\r\n\treason=").append(Words.quoted(method.reason));
            }
            new TreeMap<>(method.properties).forEach((name, value) ->
                field.append("\r\n\t").append(name).append('=').append(Words.value(value)));
        }
        return field.append("\r\n").toString();
    }
}
