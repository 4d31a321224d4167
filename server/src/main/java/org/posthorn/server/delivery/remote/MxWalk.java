package org.posthorn.server.delivery.remote;

import jakarta.inject.Inject;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.delivery.Outcome;
import org.posthorn.server.delivery.Outcome.Scope;
import org.posthorn.server.dns.Dns;
import org.posthorn.server.dns.Dns.MxRecord;
import org.posthorn.server.dns.Dns.SrvRecord;
import org.posthorn.server.dns.DnsAnswer;

/**
 * From a next hop to the addresses to try, in order (RFC 5321 section 5, RFC 7505; RFC 2782 for services).
 *
 * <p>MX records by preference, shuffled among equal ones; without any, the domain's own addresses; never those when the
 * MX lookup failed. Each host's IPv6 and IPv4 addresses alternate. Where we stand in the list ourselves, we and all
 * hosts that are not better go.
 *
 * <pre>
 * MX lookup failed                               deferred 4.4.3
 * no such domain                                 failed   5.1.2
 * null MX                                        failed   5.1.10
 * no MX, no address                              failed   5.4.4
 * MX, but no host has an address                 deferred 4.4.4, or 4.4.3 when a lookup failed
 * we are the best                                failed   5.4.6
 * better ones than us exist, none has an address deferred 4.4.4, or 4.4.3
 * </pre>
 */
public final class MxWalk {

    private static final int MOST_HOSTS = 20;   // of one domain; nobody needs more

    private final Dns dns;
    private final RemoteConfig config;
    private final RandomGenerator random;

    /** Chance comes from outside; it must be safe for many threads. */
    @Inject
    public MxWalk(Dns dns, RemoteConfig config, RandomGenerator random) {
        this.dns = dns;
        this.config = config;
        this.random = random;
    }

    /** Where to go, or why nowhere. */
    public sealed interface Way {

        /** To the first of these, at least one, that speaks with us. */
        record Go(List<Target> targets) implements Way {
        }

        /** Nowhere. */
        record Stop(Outcome outcome) implements Way {
        }
    }

    /** Looks up what has to be looked up. */
    public Way to(NextHop hop) {
        return switch (hop) {
            case NextHop.Store store -> defer("4.3.5", store + " is reached by LMTP, not by SMTP");
            case NextHop.Host(var name, var port) -> host(name, port == 0 ? config.connection().port() : port);
            case NextHop.Domain(var name) -> domain(name);
            case NextHop.Service(var name) -> service(name);
        };
    }

    private Way host(String name, int port) {
        var found = new Found(port);
        found.add(name);
        if (!found.targets.isEmpty()) {
            return new Way.Go(found.targets);
        }
        return found.unknown.map(why -> defer("4.4.3", why))
            .orElseGet(() -> defer("4.4.4", "The host " + name + " has no address"));
    }

    private Way service(String name) {
        return switch (dns.srv(name)) {
            case DnsAnswer.Temporary<SrvRecord>(var why) -> defer("4.4.3", why);
            case DnsAnswer.None<SrvRecord> _ -> defer("4.4.4", "There is no service " + name);
            case DnsAnswer.Found<SrvRecord>(var records) -> {
                var found = new Found(0);
                var hosts = new ServiceOrder(random).of(records);
                for (var host : hosts.subList(0, Math.min(hosts.size(), MOST_HOSTS))) {
                    found.add(host.host(), 0, host.port());
                }
                var others = found.targets.stream().filter(target -> !isSelf(target) && !isSelf(target.host()))
                    .toList();
                if (!others.isEmpty()) {
                    yield new Way.Go(others);
                }
                yield found.unknown.map(why -> defer("4.4.3", why)).orElseGet(() ->
                    defer("4.4.4", "No host of the service " + name + " that we could use has an address"));
            }
        };
    }

    private Way domain(String domain) {
        return switch (dns.mx(domain)) {
            case DnsAnswer.Temporary<MxRecord>(var why) -> defer("4.4.3", why);
            case DnsAnswer.None<MxRecord>(var nameExists) when !nameExists ->
                fail(550, "5.1.2", "The domain " + domain + " does not exist");
            case DnsAnswer.None<MxRecord> _ -> implicit(domain);
            case DnsAnswer.Found<MxRecord>(var records) -> exchangers(domain, records);
        };
    }

    private Way implicit(String domain) {
        if (isSelf(domain)) {
            return loop(domain);
        }
        var found = new Found(config.connection().port());
        found.add(domain);
        if (found.hasSelf(0)) {
            return loop(domain);
        }
        if (!found.targets.isEmpty()) {
            return new Way.Go(found.targets);
        }
        return found.unknown.map(why -> defer("4.4.3", why)).orElseGet(() ->
            fail(550, "5.4.4", "The domain " + domain + " has neither a mail exchanger nor an address"));
    }

    private Way exchangers(String domain, List<MxRecord> records) {
        // RFC 7505 section 3: only a null MX that stands alone says that the domain takes no mail.
        var hosts = new ArrayList<>(records.stream().filter(mx -> !mx.host().isEmpty()).toList());
        if (hosts.isEmpty()) {
            return fail(556, "5.1.10", "The domain " + domain + " takes no mail");
        }
        Collections.shuffle(hosts, random);
        hosts.sort(Comparator.comparingInt(MxRecord::preference));
        var found = new Found(config.connection().port());
        var limit = Integer.MAX_VALUE;
        var best = hosts.getFirst().preference();
        for (var mx : hosts.subList(0, Math.min(hosts.size(), MOST_HOSTS))) {
            if (mx.preference() >= limit) {
                break;
            }
            if (isSelf(mx.host())) {
                limit = mx.preference();
                continue;
            }
            var before = found.targets.size();
            found.add(mx.host(), mx.preference());
            if (found.hasSelf(before)) {
                limit = mx.preference();
            }
        }
        if (limit <= best) {
            return loop(domain);
        }
        var targets = found.below(limit);
        if (!targets.isEmpty()) {
            return new Way.Go(targets);
        }
        return found.unknown.map(why -> defer("4.4.3", why)).orElseGet(() ->
            defer("4.4.4", "No mail exchanger of " + domain + " that we could use has an address"));
    }

    private boolean isSelf(String host) {
        return config.self().contains(host.toLowerCase(Locale.ROOT));
    }

    private boolean isSelf(Target target) {
        return config.self().contains(target.address().getHostAddress());
    }

    /** Addresses as they are found. */
    private final class Found {
        private final int port;
        private final List<Target> targets = new ArrayList<>();
        private final List<Integer> preferences = new ArrayList<>();
        private Optional<String> unknown = Optional.empty();

        Found(int port) {
            this.port = port;
        }

        void add(String host) {
            add(host, 0);
        }

        void add(String host, int preference) {
            add(host, preference, port);
        }

        void add(String host, int preference, int at) {
            switch (addresses(host)) {
                case DnsAnswer.Found<InetAddress>(var addresses) -> {
                    for (var address : alternating(addresses)) {
                        targets.add(new Target(host, address, at));
                        preferences.add(preference);
                    }
                }
                case DnsAnswer.Temporary<InetAddress>(var why) -> unknown = Optional.of(why);
                case DnsAnswer.None<InetAddress> _ -> { }
            }
        }

        /** Whether one of the addresses from this one on is ours. */
        boolean hasSelf(int from) {
            return targets.subList(from, targets.size()).stream().anyMatch(MxWalk.this::isSelf);
        }

        List<Target> below(int limit) {
            var better = new ArrayList<Target>();
            for (var i = 0; i < targets.size(); i++) {
                if (preferences.get(i) < limit) {
                    better.add(targets.get(i));
                }
            }
            return better;
        }
    }

    private DnsAnswer<InetAddress> addresses(String host) {
        if (isLiteral(host)) {
            try {
                return new DnsAnswer.Found<>(List.of(InetAddress.ofLiteral(host)));
            } catch (IllegalArgumentException e) {
                return new DnsAnswer.None<>(false);
            }
        }
        return dns.addresses(host);
    }

    private static boolean isLiteral(String host) {
        for (var i = 0; i < host.length(); i++) {
            var c = host.charAt(i);
            if (c == ':') {
                return true;
            }
            if (c != '.' && (c < '0' || c > '9')) {
                return host.indexOf(':') >= 0;
            }
        }
        return !host.isEmpty();
    }

    /** The two families in turn, IPv6 first: when one of them leads nowhere, the second try takes the other. */
    private static List<InetAddress> alternating(List<InetAddress> addresses) {
        if (addresses.size() == 1) {
            return addresses;
        }
        var six = addresses.stream().filter(address -> address.getAddress().length == 16).toList();
        var four = addresses.stream().filter(address -> address.getAddress().length == 4).toList();
        var mixed = new ArrayList<InetAddress>();
        for (var i = 0; i < Math.max(six.size(), four.size()); i++) {
            six.stream().skip(i).findFirst().ifPresent(mixed::add);
            four.stream().skip(i).findFirst().ifPresent(mixed::add);
        }
        return mixed;
    }

    private static Way defer(String status, String why) {
        return new Way.Stop(new Outcome.Deferred(Reply.of(451, status, why), "", Scope.DESTINATION));
    }

    private static Way fail(int code, String status, String why) {
        return new Way.Stop(new Outcome.Failed(Reply.of(code, status, why), "", Outcome.By.US, Scope.DESTINATION));
    }

    /** That we are the best exchanger of the domain, which is so for all its mail. */
    private static Way loop(String domain) {
        return new Way.Stop(new Outcome.Failed(Reply.of(554, "5.4.6", "Mail for " + domain
            + " would come back to us: its mail exchanger is this server, which does not host it"), "",
            Outcome.By.US, Scope.DESTINATION));
    }
}
