package org.posthorn.protocols.mime;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.wire.Content;

/**
 * A message in seven bits (RFC 6152 section 3): parts that need it are encoded in quoted-printable or base64, and say
 * so; those around them say 7bit. All else stays as it is, octet for octet: headers, boundaries, parts that are ASCII.
 *
 * <p>The message is read twice before it is sent, once to see what its parts need and once to count what comes out, and
 * encoded while it is read again: nothing of it is kept but a few octets for each part.
 *
 * <p>What cannot be converted: parts below {@code multipart/signed}, whose signature would break (RFC 1847 section
 * 2.1); parts that hold what their own encoding cannot, such as base64 with octets above 127; 8-bit text among the
 * fields of a part that belongs to none of them, which may be header or body; a message of more than
 * {@value Outline#MOST_PARTS} parts. Signatures of the whole message (DKIM) do not survive a conversion.
 */
public final class SevenBit implements Content {

    private final Content original;
    private final List<Remedy> remedies;
    private final long octets;

    private SevenBit(Content original, List<Remedy> remedies, long octets) {
        this.original = original;
        this.remedies = remedies;
        this.octets = octets;
    }

    /** What came of looking at a message. */
    public sealed interface Found {

        /** It goes as it is. */
        record Plain() implements Found {
        }

        /** It goes when it is converted. */
        record Convertible(SevenBit converted) implements Found {
        }

        /** It cannot be converted. */
        record Stuck(String why) implements Found {
        }
    }

    /**
     * Looks at a message.
     *
     * @param binary whether parts may be binary (RFC 3030); then NUL, stray CR and LF, and lines that are too long are
     *     encoded too
     * @throws IOException when it cannot be read
     */
    public static Found of(Content message, boolean binary) throws IOException {
        var outline = new Outline(binary);
        try (var in = message.open()) {
            read(in, outline);
        }
        var stuck = outline.stuck();
        if (stuck.isPresent()) {
            return new Found.Stuck(stuck.get());
        }
        if (outline.isPlain()) {
            return new Found.Plain();
        }
        var counting = new SevenBit(message, outline.remedies(), 0);
        var octets = 0L;
        var block = new byte[16_384];
        try (var in = counting.open()) {
            for (var count = in.read(block); count >= 0; count = in.read(block)) {
                octets += count;
            }
        }
        return new Found.Convertible(new SevenBit(message, outline.remedies(), octets));
    }

    /**
     * Whether the header of a part of a message, or of a message in it, has octets above 127; its own does not count.
     *
     * @throws IOException when it cannot be read
     */
    public static boolean hasEightBitPartHeader(Content message) throws IOException {
        var outline = new Outline(false);
        try (var in = message.open()) {
            read(in, outline);
        }
        return outline.partHeaderIsEightBit();
    }

    private static void read(InputStream in, Outline outline) throws IOException {
        var pieces = new Pieces(in);
        var walk = new Walk(outline);
        for (var piece = pieces.next(); piece.isPresent(); piece = pieces.next()) {
            walk.take(piece.get());
        }
        walk.end();
    }

    @Override public long octets() {
        return octets;
    }

    @Override public InputStream open() throws IOException {
        return new Encoded(original.open(), remedies);
    }

    /** What is done with one part, in the order in which the parts begin. */
    enum Remedy {
        /** It stays as it is. */
        KEEP(Optional.empty()),
        /** It holds parts that are encoded, and said 8bit or binary. */
        SAY_7BIT(Optional.of("7bit")),
        QUOTED_PRINTABLE(Optional.of("quoted-printable")),
        BASE64(Optional.of("base64"));

        private final Optional<String> label;

        Remedy(Optional<String> label) {
            this.label = label;
        }

        /** For Content-Transfer-Encoding; empty where that stays as it is. */
        Optional<String> label() {
            return label;
        }
    }
}
