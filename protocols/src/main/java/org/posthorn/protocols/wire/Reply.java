package org.posthorn.protocols.wire;

import java.util.List;
import java.util.Optional;

/**
 * An SMTP or LMTP reply: a three digit code, an optional enhanced status and one or more lines of text
 * (RFC 5321 section 4.2, RFC 2034).
 *
 * <p>On the wire the status stands at the front of every line; here it is held once and is not part of {@code lines}.
 *
 * @param code 200 to 599
 * @param status the enhanced status; empty for 3yz replies, the banner, and the answers to HELO and EHLO
 * @param lines at least one line, without CR or LF
 */
public record Reply(int code, Optional<EnhancedStatus> status, List<String> lines) {

    /** Checks the code and that no line can break out of its line. */
    public Reply {
        lines = List.copyOf(lines);
        if (code < 200 || code > 599) {
            throw new IllegalArgumentException("reply code must be 200 to 599, not " + code);
        }
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("a reply has at least one line");
        }
        if (status.isPresent() && status.get().kind() != code / 100) {
            throw new IllegalArgumentException("status " + status.get() + " does not fit code " + code);
        }
        for (var line : lines) {
            if (line.indexOf('\r') >= 0 || line.indexOf('\n') >= 0) {
                throw new IllegalArgumentException("a reply line holds no CR or LF");
            }
        }
    }

    /** A one-line reply with an enhanced status, such as {@code 550 5.1.1 No such user here}. */
    public static Reply of(int code, String status, String text) {
        return new Reply(code, Optional.of(EnhancedStatus.parse(status)), List.of(text));
    }

    /** A reply without enhanced status, such as {@code 354 End data with <CR><LF>.<CR><LF>}. */
    public static Reply plain(int code, String... lines) {
        return new Reply(code, Optional.empty(), List.of(lines));
    }

    /**
     * Reads a reply as people write it, {@code 550 5.7.1 Relaying denied}; the status may be missing.
     *
     * @throws IllegalArgumentException when the text does not begin with a code from 200 to 599
     */
    public static Reply parse(String text) {
        var words = text.strip().split(" ", 2);
        if (!words[0].matches("[2-5][0-9][0-9]")) {
            throw new IllegalArgumentException("expected a reply like '550 5.7.1 Text', found '" + text + "'");
        }
        var code = Integer.parseInt(words[0]);
        var rest = words.length > 1 ? words[1].strip() : "";
        var status = rest.split(" ", 2);
        if (status[0].matches("[245]\\.[0-9]{1,3}\\.[0-9]{1,3}")) {
            return of(code, status[0], status.length > 1 ? status[1].strip() : "");
        }
        return plain(code, rest);
    }

    /** 2yz: done. */
    public boolean isPositive() {
        return code / 100 == 2;
    }

    /** 4yz: not now. */
    public boolean isTransient() {
        return code / 100 == 4;
    }

    /** 5yz: never. */
    public boolean isPermanent() {
        return code / 100 == 5;
    }

    /** The reply on one line, as logs and reports show it: {@code 550 5.1.1 No such user here}. */
    @Override public String toString() {
        var text = lines.size() == 1 ? lines.getFirst() : String.join(" / ", lines);
        return status.isPresent() ? code + " " + status.get() + " " + text : code + " " + text;
    }
}
