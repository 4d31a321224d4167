package org.posthorn.server.delivery.tls;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.posthorn.server.dns.Dns.MxRecord;
import org.posthorn.server.dns.DnsAnswer;
import org.posthorn.server.dns.SecureDns;

/** Signed records as data, for tests: what was not put in is not signed, and names can be made to fail. */
public final class FakeSecureDns implements SecureDns {

    private final Map<String, List<MxRecord>> mx = new HashMap<>();
    private final Map<String, List<String>> bases = new HashMap<>();
    private final Map<String, List<Tlsa>> records = new HashMap<>();
    private final Set<String> failing = new HashSet<>();

    /** A signed mail exchanger. */
    public FakeSecureDns mx(String domain, String host) {
        mx.computeIfAbsent(domain, _ -> new ArrayList<>()).add(new MxRecord(10, host));
        return this;
    }

    /** A host with signed addresses; further names are the ends of its CNAMEs. */
    public FakeSecureDns host(String host, String... ends) {
        var all = new ArrayList<>(List.of(ends));
        all.add(host);
        bases.put(host, all);
        return this;
    }

    /** A signed TLSA record. */
    public FakeSecureDns tlsa(String base, int port, Tlsa record) {
        records.computeIfAbsent(base + ":" + port, _ -> new ArrayList<>()).add(record);
        return this;
    }

    /** Every question for it fails: a domain, a host, or {@code base:port}. */
    public FakeSecureDns failing(String name) {
        failing.add(name);
        return this;
    }

    private <T> DnsAnswer<T> answer(Map<String, List<T>> all, String name) {
        if (failing.contains(name)) {
            return new DnsAnswer.Temporary<>("bogus, says the test");
        }
        return all.containsKey(name) ? new DnsAnswer.Found<>(all.get(name)) : new DnsAnswer.None<>(true);
    }

    @Override public boolean isOn() {
        return true;
    }

    @Override public DnsAnswer<MxRecord> secureMx(String domain) {
        return answer(mx, domain);
    }

    @Override public DnsAnswer<String> tlsaBases(String host) {
        return answer(bases, host);
    }

    @Override public DnsAnswer<Tlsa> tlsa(String base, int port) {
        return answer(records, base + ":" + port);
    }
}
