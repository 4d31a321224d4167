package org.posthorn.server.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Inject;
import java.util.List;
import org.posthorn.server.bounce.Tally;

/** {@code GET /api/bounces}: failures, delays and reports since the start, by kind. Thread-safe. */
public final class BounceApi {

    private static final List<String> PATH = List.of("bounces");

    private final Tally tally;

    /** Makes it. */
    @Inject public BounceApi(Tally tally) {
        this.tally = tally;
    }

    Answer answer(Request request) {
        if (!request.segments().equals(PATH) || !request.method().equals("GET")) {
            throw new RequestException(404, "there is no " + request + "; there is GET /api/bounces");
        }
        request.allow();
        var json = Answer.object();
        var text = new StringBuilder();
        tally.counts().forEach((name, count) -> {
            var space = name.indexOf(' ');
            ObjectNode group = json.withObjectProperty(name.substring(0, space));
            group.put(name.substring(space + 1), count);
            text.append(String.format("%8d %s%n", count, name));
        });
        return new Answer(200, text.isEmpty() ? "nothing failed and nobody was told anything since the start\n"
            : text.toString(), json);
    }
}
