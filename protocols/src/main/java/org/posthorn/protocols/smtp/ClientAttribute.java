package org.posthorn.protocols.smtp;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What XCLIENT can say of a client. */
public enum ClientAttribute {
    /** Its host name. */
    NAME("[A-Za-z0-9._-]{1,255}"),
    /** Its address; an IPv6 one begins with {@code IPV6:}. */
    ADDR("(?i)[0-9]{1,3}(?:\\.[0-9]{1,3}){3}|IPV6:[0-9a-f:.]+"),
    /** Its port. */
    PORT("[0-9]{1,5}"),
    /** How it greeted. */
    PROTO("(?i)SMTP|ESMTP|LMTP"),
    /** With which name it greeted. */
    HELO("[^\\p{Cntrl}\\x80-\\x9f\\ufffd]{1,255}"),
    /** As whom it authenticated: without blanks, and something of it can be seen. */
    LOGIN("(?=.*[^\\p{Cf}])[^\\p{Cntrl}\\x80-\\x9f\\ufffd\\p{Z}]{1,255}"),
    /** The address it had connected to. */
    DESTADDR(ADDR.shape.pattern()),
    /** The port it had connected to. */
    DESTPORT(PORT.shape.pattern());

    private static final String IPV6 = "IPV6:";

    private final Pattern shape;

    ClientAttribute(String shape) {
        this.shape = Pattern.compile(shape);
    }

    /** All of them, as EHLO offers them. */
    static String offer() {
        return Arrays.stream(values()).map(ClientAttribute::name).collect(Collectors.joining(" "));
    }

    /** The attribute of that name; case does not matter. */
    static Optional<ClientAttribute> of(String name) {
        return Arrays.stream(values()).filter(one -> one.name().equals(name.toUpperCase(Locale.ROOT))).findFirst();
    }

    /** Whether that is a value of it, decoded. */
    boolean fits(String value) {
        return shape.matcher(value).matches() && switch (this) {
            case ADDR, DESTADDR -> address(value).isPresent();
            case PORT, DESTPORT -> Integer.parseInt(value) <= 65_535;
            case NAME, PROTO, HELO, LOGIN -> true;
        };
    }

    /** The value of {@link #ADDR} or {@link #DESTADDR} as an address. */
    static Optional<InetAddress> address(String value) {
        try {
            return Optional.of(InetAddress.ofLiteral(value.regionMatches(true, 0, IPV6, 0, IPV6.length())
                ? value.substring(IPV6.length()) : value));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
