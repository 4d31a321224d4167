package org.posthorn.protocols.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes replies: the code and the enhanced status on each line, a hyphen on all lines but the last (RFC 5321 section
 * 4.2.1, RFC 2034 section 4). It does not flush.
 */
public final class ReplyWriter {

    /** Octets of text in a line, so that the whole line has at most 512 (RFC 5321 section 4.5.3.1.5). */
    private static final int MAX_TEXT = 512 - "250-".length() - "2.999.999 ".length() - "\r\n".length();

    private static final int USUAL = 128;       // characters of a reply

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
        var status = enhanced && reply.status().isPresent() ? reply.status().get() + " " : "";
        var lines = reply.lines();
        var text = new StringBuilder(USUAL);
        for (var i = 0; i < lines.size(); i++) {
            var rest = lines.get(i);
            while (rest.length() > MAX_TEXT) {
                var space = rest.lastIndexOf(' ', MAX_TEXT);
                var end = space > 0 ? space : MAX_TEXT;
                line(text, reply.code(), false, status, rest.substring(0, end));
                rest = rest.substring(end).stripLeading();
            }
            line(text, reply.code(), i == lines.size() - 1, status, rest);
        }
        out.write(text.toString().getBytes(StandardCharsets.US_ASCII));
    }

    private static void line(StringBuilder text, int code, boolean last, String status, String words) {
        text.append(code).append(last ? ' ' : '-').append(status).append(words).append("\r\n");
    }
}
