package org.posthorn.protocols.address;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.posthorn.protocols.address.AddressResult.Bad;
import org.posthorn.protocols.address.AddressResult.Good;
import org.posthorn.protocols.address.AddressResult.Problem;

/** Address literals, {@code [192.0.2.1]} and {@code [IPv6:2001:db8::1]} (RFC 5321 section 4.1.3). */
public final class AddressLiteral {

    private static final String IPV6 = "ipv6:";

    private AddressLiteral() {
    }

    /**
     * Reads a whole text as an address literal.
     *
     * @return it with its brackets; an IPv6 address as RFC 5952 writes it
     */
    public static AddressResult<String> canonical(String text) {
        if (!text.startsWith("[") || !text.endsWith("]")) {
            return bad("expected an address literal like [192.0.2.1] or [IPv6:2001:db8::1]");
        }
        var inner = text.substring(1, text.length() - 1);
        if (inner.toLowerCase(Locale.ROOT).startsWith(IPV6)) {
            return ipv6(inner.substring(IPV6.length()))
                .<AddressResult<String>>map(groups -> new Good<>("[IPv6:" + written(groups) + "]", ""))
                .orElseGet(() -> bad("'" + inner + "' is not an IPv6 address literal like IPv6:2001:db8::1"));
        }
        return ipv4(inner).isPresent() ? new Good<>(text, "")
            : bad("'" + inner + "' is not an IPv4 address like 192.0.2.1, nor tagged IPv6:");
    }

    private static Optional<List<Integer>> ipv4(String text) {
        var numbers = new ArrayList<Integer>();
        for (var part : text.split("\\.", -1)) {
            if (part.isEmpty() || part.length() > 3 || !part.chars().allMatch(c -> c >= '0' && c <= '9')
                // 010 is ten to one reader and eight to another.
                || part.length() > 1 && part.startsWith("0") || Integer.parseInt(part) > 255) {
                return Optional.empty();
            }
            numbers.add(Integer.parseInt(part));
        }
        return numbers.size() == 4 ? Optional.of(numbers) : Optional.empty();
    }

    private static Optional<List<Integer>> ipv6(String text) {
        var gap = text.indexOf("::");
        if (gap < 0) {
            return groups(text, true).filter(all -> all.size() == 8);
        }
        var front = groups(text.substring(0, gap), false);
        var back = groups(text.substring(gap + 2), true);
        // "::" stands for at least two groups (RFC 5321 section 4.1.3, IPv6-comp).
        if (front.isEmpty() || back.isEmpty() || front.get().size() + back.get().size() > 6) {
            return Optional.empty();
        }
        var all = new ArrayList<>(front.get());
        while (all.size() + back.get().size() < 8) {
            all.add(0);
        }
        all.addAll(back.get());
        return Optional.of(all);
    }

    private static Optional<List<Integer>> groups(String text, boolean mayEndWithIpv4) {
        var groups = new ArrayList<Integer>();
        if (text.isEmpty()) {
            return Optional.of(groups);
        }
        var parts = text.split(":", -1);
        for (var i = 0; i < parts.length; i++) {
            if (mayEndWithIpv4 && i == parts.length - 1 && parts[i].contains(".")) {
                var tail = ipv4(parts[i]);
                if (tail.isEmpty()) {
                    return Optional.empty();
                }
                groups.add(tail.get().get(0) << 8 | tail.get().get(1));
                groups.add(tail.get().get(2) << 8 | tail.get().get(3));
            } else if (parts[i].matches("[0-9a-fA-F]{1,4}")) {
                groups.add(Integer.parseInt(parts[i], 16));
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(groups);
    }

    /** The first longest run of zero groups is shortened (RFC 5952 section 4.2). */
    private static String written(List<Integer> groups) {
        var start = -1;
        var longest = 1;
        for (var i = 0; i < 8; i++) {
            var end = i;
            while (end < 8 && groups.get(end) == 0) {
                end++;
            }
            if (end - i > longest) {
                start = i;
                longest = end - i;
            }
        }
        return start < 0 ? hex(groups)
            : hex(groups.subList(0, start)) + "::" + hex(groups.subList(start + longest, 8));
    }

    private static String hex(List<Integer> groups) {
        return String.join(":", groups.stream().map(Integer::toHexString).toList());
    }

    private static <T> AddressResult<T> bad(String why) {
        return new Bad<>(Problem.SYNTAX, why);
    }
}
