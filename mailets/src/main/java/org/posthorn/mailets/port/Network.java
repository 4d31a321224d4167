package org.posthorn.mailets.port;

import java.net.InetAddress;
import java.util.Optional;

/**
 * A range of IP addresses: {@code 192.0.2.0/24}, {@code 2001:db8::/32}, or one address (RFC 4632, RFC 4291).
 *
 * @param address the first address; bits behind the prefix are zero
 * @param prefix how many leading bits count: 0 to 32, or to 128
 */
public record Network(InetAddress address, int prefix) {

    /**
     * Reads a range. Names are not looked up.
     *
     * @throws IllegalArgumentException when it is none; the text says what was expected
     */
    public static Network parse(String text) {
        var slash = text.indexOf('/');
        var address = literal(slash < 0 ? text : text.substring(0, slash)).orElseThrow(() -> wrong(text));
        var most = address.getAddress().length * 8;
        var prefix = most;
        if (slash >= 0) {
            try {
                prefix = Integer.parseInt(text.substring(slash + 1));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(wrong(text).getMessage(), e);
            }
        }
        if (prefix < 0 || prefix > most) {
            throw wrong(text);
        }
        if (!sameBits(address.getAddress(), new byte[most / 8], prefix, most)) {
            throw new IllegalArgumentException(
                "'" + text + "' has bits set behind its prefix; write the first address");
        }
        return new Network(address, prefix);
    }

    /** Whether the address lies within; anything that is no address does not. */
    public boolean contains(String text) {
        var other = literal(text);
        if (other.isEmpty()) {
            return false;
        }
        var mine = address.getAddress();
        var theirs = other.get().getAddress();
        return mine.length == theirs.length && sameBits(mine, theirs, 0, prefix);
    }

    private static boolean sameBits(byte[] one, byte[] two, int from, int to) {
        for (var bit = from; bit < to; bit++) {
            if (((one[bit / 8] ^ two[bit / 8]) >> (7 - bit % 8) & 1) != 0) {
                return false;
            }
        }
        return true;
    }

    private static Optional<InetAddress> literal(String text) {
        var scope = text.indexOf('%');
        var bare = scope < 0 ? text : text.substring(0, scope);
        // The JDK reads "1" and "10.1" as addresses too: only dotted quads are meant here.
        if (!bare.contains(":") && !isDottedQuad(bare)) {
            return Optional.empty();
        }
        try {
            // An IPv4-mapped address comes back as the IPv4 address that it is.
            return Optional.of(InetAddress.ofLiteral(bare));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Four numbers of one to three digits. Looked at for each client, and so without a regular expression. */
    private static boolean isDottedQuad(String text) {
        var dots = 0;
        var digits = 0;
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c == '.' && digits > 0) {
                dots++;
                digits = 0;
            } else if (c < '0' || c > '9' || ++digits > 3) {
                return false;
            }
        }
        return dots == 3 && digits > 0;
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException(
            "expected an address or a range such as 192.0.2.0/24 or 2001:db8::/32, found '" + text + "'");
    }

    @Override public String toString() {
        return address.getHostAddress() + "/" + prefix;
    }
}
