package org.posthorn.server.auth.results;

import java.util.LinkedHashMap;
import java.util.Map;
import org.posthorn.server.auth.spf.SpfQuestion.Identity;
import org.posthorn.server.auth.spf.SpfVerdict;

/** What header fields say of an SPF check. */
public final class SpfFields {

    private SpfFields() {
    }

    /** {@code Received-SPF} (RFC 7208 section 9.1), folded, with its CRLF. */
    public static String receivedSpf(SpfVerdict verdict, String receiver) {
        var question = verdict.question();
        var field = new StringBuilder("Received-SPF: ").append(verdict.result().text())
            .append(" (").append(Words.comment(receiver + ": " + meaning(verdict))).append(')');
        var pairs = new LinkedHashMap<String, String>();
        pairs.put("receiver", receiver);
        pairs.put("identity", question.identity().text());
        pairs.put("client-ip", client(verdict));
        pairs.put("envelope-from", question.identity() == Identity.HELO ? "<>" : sender(verdict));
        pairs.put("helo", question.helo());
        pairs.put("mechanism", verdict.mechanism());
        pairs.put("problem", verdict.problem());
        var first = true;
        for (var pair : pairs.entrySet()) {
            if (!pair.getValue().isEmpty()) {
                field.append(first ? "\r\n\t" : ";\r\n\t").append(pair.getKey()).append('=')
                    .append(pairValue(pair.getValue()));
                first = false;
            }
        }
        return field.append("\r\n").toString();
    }

    /** The entry in {@code Authentication-Results} (RFC 8601 section 2.7.2). */
    public static AuthenticationResults.Method method(SpfVerdict verdict) {
        var question = verdict.question();
        var reason = !verdict.explanation().isEmpty() ? question.domain() + " explains: " + verdict.explanation()
            : verdict.problem();
        return new AuthenticationResults.Method("spf", verdict.result().text(), reason,
            question.identity() == Identity.HELO ? Map.of("smtp.helo", question.helo())
                : Map.of("smtp.mailfrom", sender(verdict)));
    }

    private static String sender(SpfVerdict verdict) {
        return verdict.question().localPart() + "@" + verdict.question().domain();
    }

    private static String client(SpfVerdict verdict) {
        return verdict.question().clientText();
    }

    /** A dot-atom or a quoted string: no other token may stand there. */
    private static String pairValue(String text) {
        return text.matches("[A-Za-z0-9]+([.-][A-Za-z0-9]+)*") ? text : Words.quoted(text);
    }

    private static String meaning(SpfVerdict verdict) {
        var domain = verdict.question().domain();
        var client = client(verdict);
        return switch (verdict.result()) {
            case PASS -> domain + " lets " + client + " send for it";
            case FAIL -> domain + " does not let " + client + " send for it";
            case SOFTFAIL -> domain + " probably does not let " + client + " send for it";
            case NEUTRAL -> domain + " says nothing about " + client;
            case NONE -> "nobody says who may send for " + domain;
            case TEMPERROR -> "the check of " + domain + " failed for now";
            case PERMERROR -> "the SPF records of " + domain + " are wrong";
        };
    }
}
