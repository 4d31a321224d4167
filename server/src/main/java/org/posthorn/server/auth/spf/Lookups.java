package org.posthorn.server.auth.spf;

import java.net.InetAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.posthorn.server.dns.Dns;
import org.posthorn.server.dns.DnsAnswer;

/** The questions that one check asks the DNS, and how many it may (RFC 7208 section 4.6.4). Used by one thread. */
final class Lookups {

    /**
     * Terms that ask the DNS: {@code include}, {@code a}, {@code mx}, {@code ptr}, {@code exists}, {@code redirect}.
     */
    static final int MOST_TERMS = 10;
    /** Exchangers of one {@code mx}, names of one {@code ptr}. */
    static final int MOST_NAMES = 10;

    private final Dns dns;
    private final SpfConfig config;
    private final InstantSource clock;
    private final Instant end;
    private int terms;
    private int voids;

    Lookups(Dns dns, SpfConfig config, InstantSource clock) {
        this.dns = dns;
        this.config = config;
        this.clock = clock;
        this.end = clock.instant().plus(config.timeout());
    }

    /** Counts a term that asks the DNS; tells when that was one too many. */
    Optional<String> term() {
        return ++terms <= MOST_TERMS ? Optional.empty()
            : Optional.of("more than " + MOST_TERMS + " terms need DNS lookups");
    }

    /** Counts a term that led to nothing; tells when that was one too many. */
    Optional<String> nothing() {
        return ++voids <= config.voidLookups() ? Optional.empty()
            : Optional.of("more than " + config.voidLookups() + " terms lead to nothing in the DNS");
    }

    /** How many there were. */
    String counts() {
        return "DNS lookups " + terms + " of " + MOST_TERMS + ", without an answer " + voids + " of "
            + config.voidLookups();
    }

    DnsAnswer<String> txt(String name) {
        return inTime(() -> dns.txt(name));
    }

    DnsAnswer<Dns.MxRecord> mx(String domain) {
        return inTime(() -> dns.mx(domain));
    }

    /** Addresses of the same kind as this one. */
    DnsAnswer<InetAddress> addresses(String host, InetAddress like) {
        return inTime(() -> dns.addresses(host, Dns.Family.of(like)));
    }

    DnsAnswer<InetAddress> ipv4Addresses(String host) {
        return inTime(() -> dns.addresses(host, Dns.Family.IPV4));
    }

    /** The first ten names of an address; none also where they cannot be looked up (section 5.5). */
    List<String> names(InetAddress address) {
        return switch (inTime(() -> dns.ptr(address))) {
            case DnsAnswer.Found<String>(var names) -> names.stream().limit(MOST_NAMES).toList();
            case DnsAnswer.None<String> _, DnsAnswer.Temporary<String> _ -> List.of();
        };
    }

    /** Whether a name of the address leads back to it; not if that cannot be looked up (section 5.5). */
    boolean isValid(String name, InetAddress address) {
        return addresses(name, address) instanceof DnsAnswer.Found<InetAddress>(var found) && found.contains(address);
    }

    private <T> DnsAnswer<T> inTime(Supplier<DnsAnswer<T>> question) {
        return clock.instant().isBefore(end) ? question.get()
            : new DnsAnswer.Temporary<>("the check took longer than " + config.timeout().toSeconds() + " s");
    }
}
