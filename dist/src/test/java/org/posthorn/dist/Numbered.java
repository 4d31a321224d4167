package org.posthorn.dist;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.regex.Pattern;

/** Messages that a number stands for: their text, and who gets them. One in eight has 1 MiB, the others up to 8 KiB. */
final class Numbered {

    private static final Pattern SUBJECT = Pattern.compile("^Subject: numbered (\\d+)\\R", Pattern.MULTILINE);
    private static final int LINE = 70;

    private Numbered() {
    }

    /** In lines that end with LF, from the subject to the end. */
    static String text(int number) {
        var random = new Random(number);
        var lines = number % 8 == 0 ? (1 << 20) / LINE : 1 + random.nextInt(8192 / LINE);
        var octets = new byte[lines * LINE];
        random.nextBytes(octets);
        for (var i = 0; i < octets.length; i++) {
            octets[i] = i % LINE == LINE - 1 ? (byte) '\n' : (byte) ('a' + (octets[i] & 15));
        }
        return "Subject: numbered " + number + "\n\n" + new String(octets, StandardCharsets.US_ASCII);
    }

    /** Users of local.test, or {@code far} of store.test. */
    static List<String> recipients(int number) {
        return switch (number / 8 % 4) {
            case 0 -> List.of("far");
            case 1 -> List.of("kim");
            case 2 -> List.of("kim", "lee");
            default -> List.of("lee", "far");
        };
    }

    /** The number of a received message, lines ending with LF; empty when it is not the whole of what was sent. */
    static OptionalInt number(String received) {
        var subject = SUBJECT.matcher(received);
        if (!subject.find()) {
            return OptionalInt.empty();
        }
        var number = Integer.parseInt(subject.group(1));
        return checksum(received.substring(subject.start())).equals(checksum(text(number)))
            ? OptionalInt.of(number) : OptionalInt.empty();
    }

    private static String checksum(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                .digest(text.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
