package org.posthorn.server.dns;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A zone as data, for tests: what was not put in does not exist, and names can be made to fail. */
public final class ZoneDns implements Dns {

    private final Map<String, List<MxRecord>> mx = new HashMap<>();
    private final Map<String, List<SrvRecord>> services = new HashMap<>();
    private final Map<String, List<InetAddress>> addresses = new HashMap<>();
    private final Map<String, List<String>> texts = new HashMap<>();
    private final Map<InetAddress, List<String>> names = new HashMap<>();
    private final Set<String> failing = new HashSet<>();
    private final Set<String> unreachable = new HashSet<>();
    private final Set<String> existing = new HashSet<>();

    /** Adds a mail exchanger; an empty host is the null MX. */
    public ZoneDns mx(String domain, int preference, String host) {
        return add(mx, domain, new MxRecord(preference, host));
    }

    /** Adds a host of a service; an empty one means that there is none. */
    public ZoneDns srv(String service, SrvRecord record) {
        return add(services, service, record);
    }

    /** Adds an address, IPv4 or IPv6. */
    public ZoneDns address(String host, String literal) {
        return add(addresses, host, InetAddress.ofLiteral(literal));
    }

    /** Adds a text record. */
    public ZoneDns txt(String name, String text) {
        return add(texts, name, text);
    }

    /** Adds a reverse name. */
    public ZoneDns ptr(String literal, String name) {
        names.computeIfAbsent(InetAddress.ofLiteral(literal), _ -> new ArrayList<>()).add(name);
        return this;
    }

    /** The name exists without records of its own. */
    public ZoneDns exists(String name) {
        existing.add(key(name));
        return this;
    }

    /** Every question for the name fails for now. */
    public ZoneDns failing(String name) {
        failing.add(key(name));
        return this;
    }

    /** Every question for addresses of the name fails for now; others are answered. */
    public ZoneDns withoutAddresses(String name) {
        unreachable.add(key(name));
        return this;
    }

    /** The name answers again. */
    public ZoneDns working(String name) {
        failing.remove(key(name));
        return this;
    }

    private <T> ZoneDns add(Map<String, List<T>> zone, String name, T record) {
        zone.computeIfAbsent(key(name), _ -> new ArrayList<>()).add(record);
        existing.add(key(name));
        return this;
    }

    @Override public DnsAnswer<MxRecord> mx(String domain) {
        return answer(mx, domain);
    }

    @Override public DnsAnswer<SrvRecord> srv(String service) {
        return answer(services, service);
    }

    @Override public DnsAnswer<InetAddress> addresses(String host) {
        return unreachable.contains(key(host)) ? new DnsAnswer.Temporary<>("the test says so")
            : answer(addresses, host);
    }

    @Override public DnsAnswer<InetAddress> addresses(String host, Family family) {
        return switch (answer(addresses, host)) {
            case DnsAnswer.Found<InetAddress>(var all) -> {
                var some = all.stream().filter(one -> Family.of(one) == family).toList();
                yield some.isEmpty() ? new DnsAnswer.None<>(true) : new DnsAnswer.Found<>(some);
            }
            case DnsAnswer.None<InetAddress> none -> none;
            case DnsAnswer.Temporary<InetAddress> temporary -> temporary;
        };
    }

    @Override public DnsAnswer<String> txt(String name) {
        return answer(texts, name);
    }

    @Override public DnsAnswer<String> ptr(InetAddress address) {
        if (failing.contains(address.getHostAddress())) {
            return new DnsAnswer.Temporary<>("the test says so");
        }
        return names.containsKey(address) ? new DnsAnswer.Found<>(names.get(address)) : new DnsAnswer.None<>(false);
    }

    private <T> DnsAnswer<T> answer(Map<String, List<T>> zone, String name) {
        if (failing.contains(key(name))) {
            return new DnsAnswer.Temporary<>("the test says so");
        }
        var records = zone.get(key(name));
        return records == null ? new DnsAnswer.None<>(existing.contains(key(name))) : new DnsAnswer.Found<>(records);
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
