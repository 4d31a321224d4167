package org.posthorn.protocols.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes replies: the code and the enhanced status on each line, a hyphen on all lines but the last (RFC 5321 section
 * 4.2.1, RFC 2034 section 4). It does not flush.
 */
public final class ReplyWriter {

    /** Octets of text in a line, so that the whole line has at most 512 (RFC 5321 section 4.5.3.1.5). */
    private static final int MAX_TEXT = 512 - "250-".length() - "2.999.999 ".length() - "\r\n".length();

    private final OutputStream out;
    private final boolean enhanced;

    /**
     * Writes to a stream.
     *
     * @param enhanced whether the enhanced status is written
     */
    public ReplyWriter(OutputStream out, boolean enhanced) {
        this.out = out;
        this.enhanced = enhanced;
    }

    /** Writes a reply. What is not ASCII becomes a question mark, what is too long for a line goes to the next. */
    public void write(Reply reply) throws IOException {
        var status = enhanced ? reply.status().map(s -> s + " ").orElse("") : "";
        var lines = reply.lines().stream().flatMap(line -> folded(line).stream()).toList();
        var text = new StringBuilder();
        for (var i = 0; i < lines.size(); i++) {
            var last = i == lines.size() - 1;
            text.append(reply.code()).append(last ? ' ' : '-').append(status).append(lines.get(i)).append("\r\n");
        }
        out.write(text.toString().getBytes(StandardCharsets.US_ASCII));
    }

    private static List<String> folded(String line) {
        var pieces = new ArrayList<String>();
        var rest = line;
        while (rest.length() > MAX_TEXT) {
            var space = rest.lastIndexOf(' ', MAX_TEXT);
            var end = space > 0 ? space : MAX_TEXT;
            pieces.add(rest.substring(0, end));
            rest = rest.substring(end).stripLeading();
        }
        pieces.add(rest);
        return pieces;
    }
}
