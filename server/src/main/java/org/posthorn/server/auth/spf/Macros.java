package org.posthorn.server.auth.spf;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import org.posthorn.server.auth.spf.MacroString.Macro;
import org.posthorn.server.auth.spf.MacroString.Text;

/** Puts in what macros stand for (RFC 7208 section 7). Used by one thread. */
final class Macros {

    private static final int LONGEST_NAME = 253;
    private static final String UNRESERVED =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";   // RFC 3986 section 2.3

    private final SpfQuestion question;
    private final Lookups lookups;
    private final String receiver;
    private final InstantSource clock;

    Macros(SpfQuestion question, Lookups lookups, String receiver, InstantSource clock) {
        this.question = question;
        this.lookups = lookups;
        this.receiver = receiver;
        this.clock = clock;
    }

    /**
     * A name to ask the DNS for: without a final dot, at most 253 characters, for which labels are left out from the
     * left (section 7.3).
     *
     * @param domain the one whose record it stands in
     * @return empty where a local part would come in that is not ASCII: that matches nothing (RFC 8616 section 4)
     */
    Optional<String> name(MacroString text, String domain) {
        return expand(text, domain).map(name -> {
            var plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
            while (plain.length() > LONGEST_NAME && plain.indexOf('.') >= 0) {
                plain = plain.substring(plain.indexOf('.') + 1);
            }
            return plain;
        });
    }

    /** A text with its macros put in. */
    Optional<String> expand(MacroString text, String domain) {
        if (!isAscii(question.localPart()) && (text.uses('s') || text.uses('l'))) {
            return Optional.empty();
        }
        var whole = new StringBuilder();
        for (var piece : text.pieces()) {
            whole.append(switch (piece) {
                case Text(var same) -> same;
                case Macro macro -> written(macro, value(macro.letter(), domain));
            });
        }
        return Optional.of(whole.toString());
    }

    private String value(char letter, String domain) {
        var client = question.client();
        return switch (letter) {
            case 's' -> question.sender();
            case 'l' -> question.localPart();
            case 'o' -> question.domain();
            case 'd' -> domain;
            case 'i' -> client instanceof Inet4Address ? readable(client) : nibbles(client);
            case 'p' -> clientName(domain);
            case 'v' -> client instanceof Inet4Address ? "in-addr" : "ip6";
            case 'h' -> question.helo();
            case 'c' -> readable(client);
            case 'r' -> receiver;
            case 't' -> String.valueOf(clock.instant().getEpochSecond());
            default -> throw new IllegalArgumentException("the parser lets no macro '" + letter + "' through");
        };
    }

    /** The validated name of the client: the domain itself, else one within it, else any, else "unknown". */
    private String clientName(String domain) {
        var names = new ArrayList<>(lookups.names(question.client()));
        names.sort((one, other) -> Integer.compare(distance(one, domain), distance(other, domain)));
        return names.stream().filter(name -> lookups.isValid(name, question.client())).findFirst().orElse("unknown");
    }

    private static int distance(String name, String domain) {
        return name.equalsIgnoreCase(domain) ? 0 : isWithin(name, domain) ? 1 : 2;
    }

    /** Whether a name is the domain or lies below it. */
    static boolean isWithin(String name, String domain) {
        var small = name.toLowerCase(Locale.ROOT);
        var parent = domain.toLowerCase(Locale.ROOT);
        return small.equals(parent) || small.endsWith("." + parent);
    }

    private static String written(Macro macro, String value) {
        var text = value;
        if (macro.isTransformed()) {
            var delimiters = macro.delimiters().isEmpty() ? "." : macro.delimiters();
            var parts = List.of(value.split("[" + Pattern.quote(delimiters) + "]", -1));
            parts = macro.reversed() ? parts.reversed() : parts;
            var from = macro.parts() == 0 ? 0 : Math.max(0, parts.size() - macro.parts());
            text = String.join(".", parts.subList(from, parts.size()));
        }
        return macro.escaped() ? escaped(text) : text;
    }

    private static String escaped(String text) {
        var url = new StringBuilder();
        for (var octet : text.getBytes(StandardCharsets.UTF_8)) {
            if (UNRESERVED.indexOf(octet) >= 0) {
                url.append((char) octet);
            } else {
                url.append(String.format(Locale.ROOT, "%%%02X", octet));
            }
        }
        return url.toString();
    }

    /** An IPv6 address as ip6.arpa has it, but the right way round: 32 hexadecimal digits with dots. */
    private static String nibbles(InetAddress address) {
        var digits = new StringJoiner(".");
        for (var octet : address.getAddress()) {
            digits.add(Integer.toHexString(octet >> 4 & 15).toUpperCase(Locale.ROOT))
                .add(Integer.toHexString(octet & 15).toUpperCase(Locale.ROOT));
        }
        return digits.toString();
    }

    /** An address as people write it: an IPv6 address in its shortest form (RFC 5952). */
    static String readable(InetAddress address) {
        return address instanceof Inet4Address ? address.getHostAddress() : shortest(address.getAddress());
    }

    private static String shortest(byte[] octets) {
        var groups = new int[8];
        for (var i = 0; i < groups.length; i++) {
            groups[i] = (octets[2 * i] & 255) << 8 | octets[2 * i + 1] & 255;
        }
        var start = -1;
        var length = 1;   // a single group of zeros is written (section 4.2.2)
        for (var i = 0; i < groups.length; i++) {
            var run = i;
            while (run < groups.length && groups[run] == 0) {
                run++;
            }
            if (run - i > length) {
                start = i;
                length = run - i;
            }
        }
        return start < 0 ? joined(groups, 0, 8) : joined(groups, 0, start) + "::" + joined(groups, start + length, 8);
    }

    private static String joined(int[] groups, int from, int to) {
        var text = new StringJoiner(":");
        for (var i = from; i < to; i++) {
            text.add(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 128);
    }
}
