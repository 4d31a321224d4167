package org.posthorn.protocols.wire;

/**
 * Puts CRLF in the place of LF in a message whose every line ends with a bare LF, as programs on Unix send it that
 * never heard of line ends. A message that mixes both passes as it is, for {@link TextCheck} to refuse.
 *
 * <p>RFC 5321 section 2.3.8 forbids clients to send such text, and section 4.1.1.4 servers to read LF dot LF as its
 * end. Here the end was found before, at CRLF dot CRLF alone ({@link DotReader}), and the dots that were stuffed
 * after an LF are taken away here. So nothing in it can become a second message, neither here nor at the next hop.
 */
public final class UnixText {

    private static final byte[] CRLF = {'\r', '\n'};

    private final Target target;
    private Kind kind = Kind.UNDECIDED;
    private Place place = Place.TEXT;

    /** Where the text goes on. */
    @FunctionalInterface
    public interface Target {
        void take(byte[] octets, int offset, int length);
    }

    /** The first line end decides. */
    private enum Kind { UNDECIDED, UNTOUCHED, UNIX }

    private enum Place { LINE_START, STUFFED, TEXT, CR, LAST_LINE_ENDED }

    /** Begins a message. */
    public UnixText(Target target) {
        this.target = target;
    }

    /** Takes the next octets, in pieces of any size. */
    public void take(byte[] octets, int offset, int length) {
        if (kind == Kind.UNDECIDED) {
            decide(octets, offset, length);
        }
        if (kind != Kind.UNIX) {
            target.take(octets, offset, length);
            return;
        }
        var taken = offset;   // all before this was handed on
        for (var i = offset; i < offset + length; i++) {
            var octet = octets[i];
            if (place == Place.TEXT && octet != '\n' && octet != '\r') {
                continue;
            }
            target.take(octets, taken, i - taken);
            taken = i + 1;
            if (!step(octet)) {
                kind = Kind.UNTOUCHED;
                target.take(octets, taken, offset + length - taken);
                return;
            }
        }
        target.take(octets, taken, offset + length - taken);
    }

    private void decide(byte[] octets, int offset, int length) {
        for (var i = offset; i < offset + length && kind == Kind.UNDECIDED; i++) {
            if (place == Place.CR) {
                kind = Kind.UNTOUCHED;   // CRLF, or a CR that stands alone
            } else if (octets[i] == '\n') {
                kind = Kind.UNIX;
            }
            place = octets[i] == '\r' ? Place.CR : Place.TEXT;
        }
    }

    /** Hands on what one octet stands for; false when this is no Unix text after all. */
    private boolean step(byte octet) {
        switch (place) {
            case STUFFED -> {
                give('.');
                return octet == '.' ? at(Place.TEXT) : no(octet);
            }
            case CR -> {
                give('\r');
                give(octet);
                return octet == '\n' && at(Place.LAST_LINE_ENDED);
            }
            case LAST_LINE_ENDED -> {
                return no(octet);
            }
            case LINE_START, TEXT -> { }
        }
        if (octet == '\n') {
            target.take(CRLF, 0, CRLF.length);
            return at(Place.LINE_START);
        }
        if (octet == '\r') {
            return at(Place.CR);
        }
        if (octet == '.' && place == Place.LINE_START) {
            return at(Place.STUFFED);
        }
        give(octet);
        return at(Place.TEXT);
    }

    private boolean at(Place next) {
        place = next;
        return true;
    }

    /** A bare LF in the output lets the check find what the input had. */
    private boolean no(byte octet) {
        give('\n');
        give(octet);
        return false;
    }

    private void give(int octet) {
        target.take(new byte[] {(byte) octet}, 0, 1);
    }
}
