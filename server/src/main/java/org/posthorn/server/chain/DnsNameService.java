package org.posthorn.server.chain;

import jakarta.inject.Inject;
import java.net.InetAddress;
import org.posthorn.mailets.port.NameService;
import org.posthorn.server.dns.Dns;
import org.posthorn.server.dns.DnsAnswer;
import org.posthorn.server.log.EventLog;

/** The DNS as mailets ask it. */
final class DnsNameService implements NameService {

    private static final EventLog LOG = EventLog.of(DnsNameService.class);

    private final Dns dns;

    @Inject
    DnsNameService(Dns dns) {
        this.dns = dns;
    }

    @Override public Answer<InetAddress> ipv4Addresses(String name) {
        return switch (dns.addresses(name, Dns.Family.IPV4)) {
            case DnsAnswer.Found<InetAddress>(var records) -> new Answer.Found<>(records);
            case DnsAnswer.None<InetAddress> _ -> new Answer.None<>();
            case DnsAnswer.Temporary<InetAddress>(var why) -> new Answer.Unknown<>(logged(name, why));
        };
    }

    @Override public Reachability reachability(String domain) {
        return switch (dns.mx(domain)) {
            case DnsAnswer.Found<Dns.MxRecord>(var records) ->
                records.stream().allMatch(record -> record.host().isEmpty()) ? Reachability.NO : Reachability.YES;
            case DnsAnswer.Temporary<Dns.MxRecord>(var why) -> unknown(domain, why);
            case DnsAnswer.None<Dns.MxRecord>(var exists) -> exists ? byAddress(domain) : Reachability.NO;
        };
    }

    private Reachability byAddress(String domain) {
        return switch (dns.addresses(domain)) {
            case DnsAnswer.Found<InetAddress> _ -> Reachability.YES;
            case DnsAnswer.None<InetAddress> _ -> Reachability.NO;
            case DnsAnswer.Temporary<InetAddress>(var why) -> unknown(domain, why);
        };
    }

    private static Reachability unknown(String domain, String why) {
        logged(domain, why);
        return Reachability.UNKNOWN;
    }

    private static String logged(String name, String why) {
        LOG.warn("lookup-failed", "name", name, "why", why);
        return why;
    }
}
