package org.posthorn.server.chain;

import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

    /** The SPF verdict: ten lines. */
    public static final AttributeName SPF = AttributeName.of("org.posthorn.auth.spf");
    /** The header fields that tell of it are in the message. */
    public static final AttributeName WRITTEN = AttributeName.of("org.posthorn.auth.written");

    private AuthNotes() {
    }

    /**
     * What a note holds.
     *
     * @param receiver who found it out: our name
     */
    private record Noted(SpfVerdict verdict, String receiver) {
    }

    /**
     * A note of this verdict.
     *
     * @param receiver who found it out: our name
     */
    static Attribute note(SpfVerdict verdict, String receiver) {
        var question = verdict.question();
        var lines = Stream.of(receiver, question.clientText(), question.helo(), question.identity().name(),
                question.localPart(), question.domain(), verdict.result().name(), verdict.mechanism(),
                verdict.problem(), verdict.explanation())
            .map(line -> line.replaceAll("[\\r\\n]+", " ")).collect(Collectors.joining("\n"));
        return new Attribute(SPF, AttributeValue.of(lines));
    }

    /** The note that the fields are written. */
    public static Attribute written() {
        return new Attribute(WRITTEN, AttributeValue.of(true));
    }

    /** The verdict of a note; empty for something else of that name. */
    static Optional<SpfVerdict> verdict(Attribute note) {
        return noted(note).map(Noted::verdict);
    }

    private static Optional<Noted> noted(Attribute note) {
        if (!(note.getValue().value() instanceof String text)) {
            return Optional.empty();
        }
        var lines = List.of(text.split("\n", -1));
        if (lines.size() != 10) {
            return Optional.empty();
        }
        try {
            var question = new SpfQuestion(InetAddress.ofLiteral(lines.get(1)), lines.get(2),
                SpfQuestion.Identity.valueOf(lines.get(3)), lines.get(4), lines.get(5));
            return Optional.of(new Noted(new SpfVerdict(question, SpfResult.valueOf(lines.get(6)), lines.get(7),
                lines.get(8), lines.get(9)), lines.getFirst()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The header fields that tell what the attributes note, each folded and with its CRLF; none for no note. */
    public static List<String> fields(Collection<Attribute> attributes) {
        for (var attribute : attributes) {
            if (attribute.getName().equals(SPF)) {
                return noted(attribute).map(AuthNotes::fields).orElse(List.of());
            }
        }
        return List.of();
    }

    private static List<String> fields(Noted noted) {
        return List.of(
            AuthenticationResults.field(noted.receiver, List.of(SpfFields.method(noted.verdict))),
            SpfFields.receivedSpf(noted.verdict, noted.receiver));
    }
}
