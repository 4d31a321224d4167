package org.posthorn.server.dns;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.posthorn.server.config.Section;

/**
 * How the domain name system is asked: {@code conf/dns.xml}.
 *
 * @param resolvers recursive resolvers, asked in this order; empty for those of the operating system
 * @param timeout for one question to one resolver; default 5 s
 * @param tries rounds over all resolvers before we give up; default 2
 * @param cacheEntries how many answers are remembered at most; default 20,000; 0 remembers nothing
 * @param dnssec whose word on signatures is taken; default {@link Dnssec#AUTO}
 * @param anchors from where signatures are checked; empty for the root
 */
public record DnsConfig(List<InetSocketAddress> resolvers, Duration timeout, int tries, int cacheEntries,
                        Dnssec dnssec, Optional<Path> anchors) {

    private static final int DNS_PORT = 53;

    /** Copies the list and checks the bounds. */
    public DnsConfig {
        resolvers = List.copyOf(resolvers);
        if (timeout.isNegative() || timeout.isZero() || tries < 1 || cacheEntries < 0) {
            throw new IllegalArgumentException("timeout and tries must be positive, cache-entries not negative");
        }
    }

    /** With the usual word on signatures. */
    public DnsConfig(List<InetSocketAddress> resolvers, Duration timeout, int tries, int cacheEntries) {
        this(resolvers, timeout, tries, cacheEntries, Dnssec.AUTO, Optional.empty());
    }

    /**
     * Reads {@code <dns>}; mistakes become problems of the section.
     *
     * @param home where relative file names begin
     */
    public static DnsConfig read(Section section, Path home) {
        var timeout = section.duration("timeout", Duration.ofSeconds(5));
        if (timeout.isZero()) {
            section.problem("timeout: expected a time above zero; the default is 5 s");
            timeout = Duration.ofSeconds(5);
        }
        var dnssec = section.choice("dnssec", Dnssec.AUTO);
        var anchors = section.value("trust-anchors", Optional.<Path>empty(),
            written -> Optional.of(home.resolve(written).normalize()));
        if (dnssec == Dnssec.VALIDATE && anchors.filter(file -> !Files.isReadable(file)).isPresent()) {
            section.problem("trust-anchors: expected a file with DS or DNSKEY records, found " + anchors.get());
        }
        return new DnsConfig(section.values("resolver", DnsConfig::resolver), timeout,
            section.integer("tries", 2, 1, 10), section.integer("cache-entries", 20_000, 0, 1_000_000),
            dnssec, anchors);
    }

    /**
     * The same, but asking this one resolver.
     *
     * @param written as in {@code <resolver>}
     * @throws IllegalArgumentException when it is no address
     */
    public DnsConfig askingOnly(String written) {
        return new DnsConfig(List.of(resolver(written)), timeout, tries, cacheEntries, dnssec, anchors);
    }

    /**
     * Reads {@code 192.0.2.1}, {@code 192.0.2.1:5353}, {@code 2001:db8::1} or {@code [2001:db8::1]:5353}. An address,
     * not a name: there is no resolver yet that could look it up.
     */
    static InetSocketAddress resolver(String text) {
        var bracket = text.lastIndexOf(']');
        var colon = text.lastIndexOf(':');
        var plainV6 = bracket < 0 && text.indexOf(':') != colon;
        var hasPort = colon > bracket && !plainV6;
        var host = hasPort ? text.substring(0, colon) : text;
        var bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        try {
            var port = hasPort ? Integer.parseInt(text.substring(colon + 1)) : DNS_PORT;
            if (port < 1 || port > 65_535) {
                throw new IllegalArgumentException("expected a port from 1 to 65535");
            }
            return new InetSocketAddress(InetAddress.ofLiteral(bare), port);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("expected ADDRESS or ADDRESS:PORT, such as 127.0.0.1:53", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("expected ADDRESS or ADDRESS:PORT, such as 127.0.0.1:53 ("
                + e.getMessage() + ")", e);
        }
    }
}
