package org.posthorn.server.intake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.posthorn.protocols.wire.Reply;

/**
 * Passes a message's octets on, without the header fields that nobody but us may write: {@code Return-Path} and
 * {@code Authentication-Results} in our name. What follows the header is passed on untouched.
 *
 * <p>It keeps no more than one field name, or the beginning of one Authentication-Results. A line that is no header
 * field ends the header (an empty line is put before it, as what stands above it is ours). Over a limit, or with too
 * many hops, nothing more is passed on and {@link #refusal} says why.
 */
final class HeaderFilter extends OutputStream {

    private static final int LONGEST_NAME = 256;
    private static final int MOST_KEPT = 16 << 10;      // of an Authentication-Results, to find whose it is
    private static final byte[] CRLF = {'\r', '\n'};

    private final IntakeConfig config;
    private final OutputStream out;
    private final Function<Set<String>, List<String>> missing;
    private final Set<String> names = new HashSet<>();
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private byte[] keptName = {};
    private At at = At.LINE;
    private Fate fate = Fate.PASS;
    private Optional<Reply> refusal = Optional.empty();
    private int octets;
    private int fields;
    private int hops;
    private boolean afterBlank;     // blanks came behind the field's name: only the colon may follow
    private boolean lineOpen;

    /**
     * A filter before {@code out}.
     *
     * @param missing asked at the end of the header, with the lower case names of its fields that are among {@link
     *     Trace#ADDED}: lines to add, without CRLF
     */
    HeaderFilter(IntakeConfig config, OutputStream out, Function<Set<String>, List<String>> missing) {
        this.config = config;
        this.out = out;
        this.missing = missing;
    }

    /** Where in the message the next octet stands. */
    private enum At { LINE, LINE_CR, NAME, VALUE, BODY, NOWHERE }

    /** What becomes of the field that is being read. */
    private enum Fate { PASS, DROP, KEEP }

    /** Why the message is not to be taken, if so. */
    Optional<Reply> refusal() {
        return refusal;
    }

    @Override public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override public void write(byte[] all, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, all.length);
        for (var i = offset; i < offset + length; i++) {
            switch (at) {
                case BODY -> {
                    out.write(all, i, offset + length - i);
                    return;
                }
                case NOWHERE -> {
                    return;
                }
                case VALUE -> i += values(all, i, offset + length) - 1;
                case NAME -> i += names(all, i, offset + length) - 1;
                case LINE, LINE_CR -> header(all[i]);
            }
        }
    }

    /** Takes what is left of a line of a field, as far as it is there; tells how many octets that were. */
    private int values(byte[] all, int from, int end) throws IOException {
        if (fate != Fate.PASS) {
            header(all[from]);
            return 1;
        }
        var to = from;
        while (to < end && all[to] != '\n') {
            to++;
        }
        var count = Math.min(to + 1, end) - from;
        octets += count;
        if (octets > config.headerOctets()) {
            refuseOctets();
        } else {
            out.write(all, from, count);
            at = to < end ? At.LINE : At.VALUE;
            lineOpen = to == end;
        }
        return count;
    }

    /** Takes what is there of a field's name; tells how many octets that were, or takes the one that ends it. */
    private int names(byte[] all, int from, int end) throws IOException {
        var most = Math.min(LONGEST_NAME - kept.size(), config.headerOctets() - octets);
        var to = from;
        while (to < end && to - from < most && isName(all[to])) {
            to++;
        }
        if (to == from || afterBlank) {
            header(all[from]);
            return 1;
        }
        kept.write(all, from, to - from);
        octets += to - from;
        return to - from;
    }

    private void refuseOctets() {
        refuse(Reply.of(552, "5.3.4", "The header is longer than " + config.headerOctets() + " octets"));
    }

    /** The message is over: what was kept is decided on. */
    void end() throws IOException {
        switch (at) {
            case BODY, NOWHERE -> { }
            case LINE, VALUE -> {
                endField();
                if (lineOpen) {
                    out.write(CRLF);
                }
                addMissing();
            }
            case LINE_CR, NAME -> startBody();
        }
        out.flush();
    }

    private void header(byte octet) throws IOException {
        if (++octets > config.headerOctets()) {
            refuseOctets();
            return;
        }
        switch (at) {
            case LINE -> line(octet);
            case LINE_CR -> {
                kept.write(octet);
                if (octet == '\n') {
                    endHeader();
                } else {
                    startBody();
                }
            }
            case NAME -> name(octet);
            case VALUE -> value(octet);
            case BODY, NOWHERE -> throw new IllegalStateException("the header is over");
        }
    }

    private void line(byte octet) throws IOException {
        if ((octet == ' ' || octet == '\t') && fields > 0) {
            at = At.VALUE;
            if (fate == Fate.PASS) {
                out.write(octet);
                lineOpen = true;
            } else {
                value(octet);
            }
            return;
        }
        endField();
        kept.write(octet);
        switch (octet) {
            case '\r' -> at = At.LINE_CR;
            case '\n' -> endHeader();
            default -> {
                at = At.NAME;
                afterBlank = false;
                if (!isName(octet)) {
                    startBody();
                }
            }
        }
    }

    private void name(byte octet) throws IOException {
        kept.write(octet);
        if (octet == ':') {
            var name = kept.toString(StandardCharsets.US_ASCII);
            startField(name.substring(0, name.length() - 1).stripTrailing().toLowerCase(Locale.ROOT));
        } else if (octet == ' ' || octet == '\t') {
            afterBlank = true;
        } else if (afterBlank || !isName(octet)) {
            startBody();
        }
        if (at == At.NAME && kept.size() > LONGEST_NAME) {
            startBody();
        }
    }

    /** RFC 5322 section 2.2: printable US-ASCII but the colon. */
    private static boolean isName(byte octet) {
        return octet > 32 && octet < 127 && octet != ':';
    }

    private void startField(String name) throws IOException {
        at = At.VALUE;
        if (Trace.ADDED.contains(name)) {
            names.add(name);
        }
        hops += name.equals("received") ? 1 : 0;
        if (++fields > config.headerFields()) {
            refuse(Reply.of(552, "5.3.4", "The header has more than " + config.headerFields() + " fields"));
        } else if (hops > config.hopLimit()) {
            refuse(Reply.of(554, "5.4.6", "Too many hops: more than " + config.hopLimit() + " Received fields"));
        } else {
            fate = switch (name) {
                case "return-path" -> Fate.DROP;
                case "authentication-results" -> Fate.KEEP;
                default -> Fate.PASS;
            };
            if (fate == Fate.PASS) {
                kept.writeTo(out);
                lineOpen = true;
            }
            keptName = kept.toByteArray();
            kept.reset();
        }
    }

    private void value(byte octet) throws IOException {
        switch (fate) {
            case PASS -> throw new IllegalStateException("passed on by whole lines");
            case KEEP -> {
                kept.write(octet);
                if (kept.size() > MOST_KEPT) {
                    fate = Fate.DROP;       // nobody honest needs so many octets before the name
                    kept.reset();
                }
            }
            case DROP -> { }
        }
        if (octet == '\n') {
            at = At.LINE;
        }
    }

    /** The field before is complete: an Authentication-Results is passed on unless it claims to be ours. */
    private void endField() throws IOException {
        if (fate == Fate.KEEP) {
            var value = kept.toString(StandardCharsets.ISO_8859_1);
            if (AuthservId.of(value).filter(id -> !config.authservIds().contains(id)).isPresent()) {
                out.write(keptName);
                kept.writeTo(out);
                lineOpen = !value.endsWith("\n");
            }
        }
        kept.reset();
        fate = Fate.PASS;
    }

    /** The empty line was read; it is kept still. */
    private void endHeader() throws IOException {
        addMissing();
        kept.writeTo(out);
        kept.reset();
        at = At.BODY;
    }

    /** What is kept is no header field: it belongs to the body. */
    private void startBody() throws IOException {
        addMissing();
        out.write(CRLF);
        kept.writeTo(out);
        kept.reset();
        at = At.BODY;
    }

    private void addMissing() throws IOException {
        for (var line : missing.apply(Set.copyOf(names))) {
            out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }
    }

    private void refuse(Reply reply) {
        refusal = Optional.of(reply);
        at = At.NOWHERE;
        kept.reset();
    }
}
