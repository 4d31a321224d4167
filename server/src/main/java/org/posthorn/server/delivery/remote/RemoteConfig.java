package org.posthorn.server.delivery.remote;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.posthorn.mailets.port.HostPort;
import org.posthorn.protocols.address.AddressResult;
import org.posthorn.protocols.address.DomainName;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.client.ClientDeadlines;
import org.posthorn.protocols.client.EightBit;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.server.config.Section;
import org.posthorn.server.delivery.Reuse;
import org.posthorn.server.delivery.Timeouts;

/**
 * How other hosts are reached: {@code <smart-host>}, {@code <fallback-relay>}, {@code <route>}, {@code
 * <self>} and {@code <remote>} in
 * {@code conf/delivery.xml}.
 *
 * @param hostname our name in EHLO
 * @param routes where mail goes that does not go where the DNS says
 * @param self names, in lower case and as A-labels, and addresses, as the JDK writes them, that mean us when they stand
 *     in MX records; {@code hostname} among them
 * @param connection how connections are made
 * @param recipients per transaction at most; default 100
 * @param concurrency jobs, and so connections in use, at once for one destination; default 20
 * @param reuse how long connections are kept
 */
public record RemoteConfig(String hostname, Routes routes, Set<String> self, Connection connection, int recipients,
                           int concurrency, Reuse reuse) {

    /** Copies the set. */
    public RemoteConfig {
        self = Set.copyOf(self);
    }

    /**
     * How connections are made.
     *
     * @param port of mail exchangers; default 25
     * @param tls what to do about STARTTLS; default opportunistic, without looking at certificates
     * @param source our address; empty to leave it to the system
     * @param connect how long to wait for one address; default 30 s. RFC 5321 has no number; the system's is minutes
     * @param deadlines of the conversation
     * @param eightBit what is done with 8-bit text where 8BITMIME is missing; default conversion
     * @param addresses how many addresses of one relay are tried in one attempt at most, at least 2; default 8
     * @param search how long another address is tried in one attempt, after the first two; one of each relay is tried
     *     however long it took; default 10 m
     */
    public record Connection(int port, TlsMode tls, Optional<InetAddress> source, Duration connect,
                             ClientDeadlines deadlines, EightBit eightBit, int addresses, Duration search) {

        /** The defaults. */
        public static final Connection DEFAULT = new Connection(25, TlsMode.OPPORTUNISTIC, Optional.empty(),
            Timeouts.DEFAULT.connect(), Timeouts.DEFAULT.deadlines(), EightBit.CONVERT, 8, Duration.ofMinutes(10));

        static Connection read(Section section) {
            var timeouts = Timeouts.read(section.childOrEmpty("timeouts"));
            return new Connection(section.integer("port", DEFAULT.port, 1, 65_535),
                section.choice("tls", DEFAULT.tls),
                section.value("source", DEFAULT.source, text -> Optional.of(InetAddress.ofLiteral(text))),
                timeouts.connect(), timeouts.deadlines(), section.choice("without-8bitmime", DEFAULT.eightBit),
                section.integer("addresses", DEFAULT.addresses, 2, 100), section.duration("search", DEFAULT.search));
        }
    }

    /** The defaults for a host. */
    public static RemoteConfig of(String hostname) {
        return new RemoteConfig(hostname, Routes.NONE, Set.of(hostname), Connection.DEFAULT, 100, 20, Reuse.HOSTS);
    }

    /**
     * Reads the parts of {@code <delivery>} that concern other hosts.
     *
     * @param home to which password files are relative
     * @param hostname the server's name, which stands elsewhere
     */
    public static RemoteConfig read(Section section, Path home, String hostname) {
        var self = new LinkedHashSet<String>();
        self.add(hostname.toLowerCase(Locale.ROOT));
        self.addAll(section.values("self", RemoteConfig::comparable));
        var remote = section.childOrEmpty("remote");
        var connection = Connection.read(remote);
        return new RemoteConfig(hostname, new RouteReader(home, connection.tls()).read(section), self, connection,
            remote.integer("recipients", 100, 1, 10_000), remote.integer("concurrency", 20, 1, 10_000),
            Reuse.read(remote, Reuse.HOSTS));
    }

    /** A name or address as it is compared: with those of MX records, and with addresses that the JDK writes. */
    private static String comparable(String written) {
        try {
            return InetAddress.ofLiteral(written).getHostAddress();
        } catch (IllegalArgumentException e) {
            return switch (DomainName.parse(written, true)) {
                case AddressResult.Good<String>(var name, _) -> name;
                case AddressResult.Bad<String> _ when isAlmostAHost(written) -> written.toLowerCase(Locale.ROOT);
                case AddressResult.Bad<String> _ ->
                    throw new IllegalArgumentException("expected a host's name or address", e);
            };
        }
    }

    /** With underscores, which the DNS and so MX records allow (RFC 2181 section 11). */
    private static boolean isAlmostAHost(String written) {
        return HostPort.isName(written)
            && DomainName.parse(written.replace('_', 'x'), true) instanceof AddressResult.Good<String>;
    }

    /**
     * Where mail for this next hop really goes: as it says, or by our own routes, or smart hosts.
     *
     * @param sender empty where nobody is known
     * @return at least one, to be tried in order until one of them decides
     */
    public List<Relay> resolve(NextHop asked, Optional<ReversePath> sender) {
        return switch (asked) {
            case NextHop.Host _, NextHop.Service _, NextHop.Store _ -> List.of(direct(asked));
            case NextHop.Domain(var name) -> routes.of(name, sender).orElseGet(() ->
                routes.smartHosts().isEmpty() ? withFallback(asked) : routes.smartHosts());
        };
    }

    /**
     * Whether a domain's exchanger seems to be this server, reached by an address that nobody told us is ours (NAT, a
     * proxy). It may as well be another one that was given our name; a name without a dot says nothing at all. What we
     * chose, such as a filter beside us, may have our name.
     *
     * @param name by which it answered EHLO
     */
    boolean seemsSelf(Relay relay, String name) {
        return relay.hop() instanceof NextHop.Domain && !relay.isOurChoice() && name.indexOf('.') >= 0
            && self.contains(name.toLowerCase(Locale.ROOT));
    }

    private Relay direct(NextHop hop) {
        return new Relay(hop, Access.of(connection.tls()), false);
    }

    private List<Relay> withFallback(NextHop domain) {
        return Stream.concat(Stream.of(direct(domain)), routes.fallback().stream()).toList();
    }
}
