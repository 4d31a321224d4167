package org.posthorn.mailets.port;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The literals among domains (RFC 5321 section 4.1.3) as a mailet sees them: James leaves the brackets of an IPv4
 * address out, and cannot hold one of IPv6 at all; it comes as its 32 hexadecimal digits below {@link #IPV6}.
 */
public final class AddressLiterals {

    /** No domain of anybody's: RFC 6761 section 6.4. */
    public static final String IPV6 = ".ipv6-literal.invalid";

    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final Pattern OF_IPV6 = Pattern.compile("[0-9a-f]{32}" + Pattern.quote(IPV6));

    private AddressLiterals() {
    }

    /** Whether a domain of a mailet's address is an address, for which DNS is not asked. */
    public static boolean isLiteral(String domain) {
        return domain.startsWith("[") || IPV4.matcher(domain).matches()
            || OF_IPV6.matcher(domain.toLowerCase(Locale.ROOT)).matches();
    }
}
