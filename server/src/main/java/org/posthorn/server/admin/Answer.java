package org.posthorn.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What an administrator gets, in both forms.
 *
 * @param status of HTTP
 * @param text for people: lines, the last one ended too; empty when there is nothing to say
 * @param json the same for programs
 */
public record Answer(int status, String text, JsonNode json) {

    /** Whether it is what was asked for. */
    public boolean isOk() {
        return status < 300;
    }

    /** A refusal or failure, in one line that says what to do (RFC 9457 as JSON). */
    public static Answer problem(int status, String detail) {
        return new Answer(status, clean(detail) + "\n",
            object().put("status", status).put("title", title(status)).put("detail", detail));
    }

    /** Something was done: one line, and the facts. */
    static Answer done(String line, ObjectNode facts) {
        return new Answer(200, clean(line) + "\n", facts);
    }

    /** An empty JSON object. */
    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** Text of peers without control characters: it ends on an operator's terminal. */
    static String clean(String text) {
        return text.codePoints().anyMatch(Answer::isControl)
            ? text.codePoints().map(c -> isControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString()
            : text;
    }

    /** Control characters, line separators, and what turns the direction of writing. */
    private static boolean isControl(int c) {
        return Character.isISOControl(c) || c == 0x2028 || c == 0x2029 || c >= 0x202a && c <= 0x202e
            || c >= 0x2066 && c <= 0x2069;
    }

    private static String title(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 409 -> "Conflict";
            case 413 -> "Content Too Large";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            default -> "Internal Server Error";
        };
    }
}
