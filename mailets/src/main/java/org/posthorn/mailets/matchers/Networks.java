package org.posthorn.mailets.matchers;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.posthorn.mailets.port.Network;

/**
 * Networks as James writes them, with commas: {@code 192.0.2.0/24}, {@code 192.0.2.0/255.255.255.0},
 * {@code 192.0.2.*}, {@code 2001:db8::/32}, or single addresses.
 *
 * @param all at least one
 */
record Networks(List<Network> all) {

    private static final Pattern STAR = Pattern.compile("((?:[0-9]{1,3}\\.){1,3})\\*(?:\\.\\*)*");
    private static final Pattern MASK = Pattern.compile("([0-9.]+)/([0-9]{1,3}(?:\\.[0-9]{1,3}){3})");

    Networks {
        all = List.copyOf(all);
    }

    /**
     * Reads a condition; names are not looked up.
     *
     * @param matcher whose condition it is, for the complaint
     * @throws MessagingException when one of them is no network, or there is none
     */
    static Networks parse(String matcher, String condition) throws MessagingException {
        var all = new ArrayList<Network>();
        try {
            for (var text : List.of(condition.strip().split("[,\\s]+"))) {
                if (!text.isEmpty()) {
                    all.add(Network.parse(range(text)));
                }
            }
        } catch (IllegalArgumentException e) {
            throw new MessagingException(matcher + ": " + e.getMessage(), e);
        }
        if (all.isEmpty()) {
            throw new MessagingException(matcher + " needs networks, e.g. " + matcher + "=192.0.2.0/24");
        }
        return new Networks(all);
    }

    /** Whether the address lies in one of them; what is no address does not. */
    boolean contain(String address) {
        return all.stream().anyMatch(network -> network.contains(address));
    }

    private static String range(String text) {
        var star = STAR.matcher(text);
        if (star.matches()) {
            var octets = star.group(1);
            var written = (int) octets.chars().filter(c -> c == '.').count();
            return octets + "0.".repeat(3 - written) + "0/" + 8 * written;
        }
        var mask = MASK.matcher(text);
        return mask.matches() ? mask.group(1) + "/" + prefix(text, mask.group(2)) : text;
    }

    private static int prefix(String text, String mask) {
        var bits = 0L;
        for (var octet : List.of(mask.split("\\."))) {
            var value = Integer.parseInt(octet);
            if (value > 255) {
                throw new IllegalArgumentException("'" + text + "' has no mask such as 255.255.255.0");
            }
            bits = bits << 8 | value;
        }
        var prefix = Long.bitCount(bits);
        if (bits != (0xffffffffL << 32 - prefix & 0xffffffffL)) {
            throw new IllegalArgumentException("'" + text + "' has no mask such as 255.255.255.0");
        }
        return prefix;
    }
}
