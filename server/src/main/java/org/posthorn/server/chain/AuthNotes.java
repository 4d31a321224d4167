package org.posthorn.server.chain;

import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.posthorn.server.auth.results.AuthenticationResults;
import org.posthorn.server.auth.results.SpfFields;
import org.posthorn.server.auth.spf.SpfQuestion;
import org.posthorn.server.auth.spf.SpfResult;
import org.posthorn.server.auth.spf.SpfVerdict;

/** What was found out about a sender, as attributes of the mail: they go with it through the spool. */
public final class AuthNotes {

    /** The SPF verdict. */
    public static final AttributeName SPF = AttributeName.of("org.posthorn.auth.spf");
    /** The header fields that tell of it are in the message. */
    public static final AttributeName WRITTEN = AttributeName.of("org.posthorn.auth.written");

    private AuthNotes() {
    }

    /**
     * A note of this verdict.
     *
     * @param receiver who found it out: our name
     */
    static Attribute note(SpfVerdict verdict, String receiver) {
        var question = verdict.question();
        Map<String, AttributeValue<?>> all = new HashMap<>();
        Map.of("client", question.clientText(), "helo", question.helo(), "identity", question.identity().name(),
                "local-part", question.localPart(), "domain", question.domain(), "result", verdict.result().name(),
                "mechanism", verdict.mechanism(), "problem", verdict.problem(),
                "explanation", verdict.explanation(), "receiver", receiver)
            .forEach((name, value) -> all.put(name, AttributeValue.of(value)));
        return new Attribute(SPF, AttributeValue.of(all));
    }

    /** The note that the fields are written. */
    public static Attribute written() {
        return new Attribute(WRITTEN, AttributeValue.of(true));
    }

    /** The verdict of a note; empty for something else of that name. */
    static Optional<SpfVerdict> verdict(Attribute note) {
        if (!(note.getValue().value() instanceof Map<?, ?> all)) {
            return Optional.empty();
        }
        try {
            var question = new SpfQuestion(InetAddress.ofLiteral(text(all, "client")), text(all, "helo"),
                SpfQuestion.Identity.valueOf(text(all, "identity")), text(all, "local-part"), text(all, "domain"));
            return Optional.of(new SpfVerdict(question, SpfResult.valueOf(text(all, "result")),
                text(all, "mechanism"), text(all, "problem"), text(all, "explanation")));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String text(Map<?, ?> all, String name) {
        return all.get(name) instanceof AttributeValue<?> value && value.value() instanceof String text ? text : "";
    }

    /** The header fields that tell what the attributes note, each folded and with its CRLF; none for no note. */
    public static List<String> fields(Collection<Attribute> attributes) {
        return attributes.stream().filter(attribute -> attribute.getName().equals(SPF)).findFirst()
            .flatMap(note -> verdict(note).map(verdict -> fields(verdict, receiver(note)))).orElse(List.of());
    }

    private static String receiver(Attribute note) {
        return note.getValue().value() instanceof Map<?, ?> all ? text(all, "receiver") : "";
    }

    private static List<String> fields(SpfVerdict verdict, String receiver) {
        return List.of(AuthenticationResults.field(receiver, List.of(SpfFields.method(verdict))),
            SpfFields.receivedSpf(verdict, receiver));
    }
}
