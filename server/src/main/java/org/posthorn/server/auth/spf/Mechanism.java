package org.posthorn.server.auth.spf;

import java.util.Optional;

/**
 * What a directive tests (RFC 7208 section 5). A domain that is not written is the one that is being checked.
 */
sealed interface Mechanism {

    /** Matches always. */
    record All() implements Mechanism {
    }

    /** Matches if the check of another domain passes. */
    record Include(MacroString domain) implements Mechanism {
    }

    /** Matches the addresses of a host. */
    record A(Optional<MacroString> domain, Prefixes prefixes) implements Mechanism {
    }

    /** Matches the addresses of a domain's mail exchangers. */
    record Mx(Optional<MacroString> domain, Prefixes prefixes) implements Mechanism {
    }

    /** Matches if the client's own name lies within the domain. */
    record Ptr(Optional<MacroString> domain) implements Mechanism {
    }

    /** Matches a range of addresses: {@code ip4} and {@code ip6}. */
    record Ip(AddressRange range) implements Mechanism {
    }

    /** Matches if the name has any IPv4 address. */
    record Exists(MacroString domain) implements Mechanism {
    }

    /**
     * How many leading bits have to be the same.
     *
     * @param four of an IPv4 address, 0 to 32
     * @param six of an IPv6 address, 0 to 128
     */
    record Prefixes(int four, int six) {
    }
}
