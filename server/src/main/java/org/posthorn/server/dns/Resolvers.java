package org.posthorn.server.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;
import org.xbill.DNS.dnssec.ValidatingResolver;

/** The resolvers, asked in turn and round again until one answers. Thread-safe. */
final class Resolvers {

    private final DnsConfig config;
    /** Those that check signatures; each remembers the keys that it has checked. */
    private final Map<InetSocketAddress, ValidatingResolver> validating = new ConcurrentHashMap<>();

    Resolvers(DnsConfig config) {
        this.config = config;
    }

    /** What they said to one question. */
    sealed interface Heard {

        /**
         * An answer.
         *
         * @param believed whether it is of a resolver whose word on signatures is taken
         */
        record Answer(Message message, boolean believed) implements Heard {

            /** Whether it is signed, on the word of one that is believed. */
            boolean secure() {
                return believed && message.getHeader().getFlag(Flags.AD);
            }
        }

        record Nothing(String why) implements Heard {
        }
    }

    /** Whether one of them is believed when it says that an answer is signed. */
    boolean vouch() {
        return config.dnssec() != Dnssec.OFF && all().stream().anyMatch(config.dnssec()::trusts);
    }

    private List<InetSocketAddress> all() {
        return config.resolvers().isEmpty() ? ResolverConfig.getCurrentConfig().servers() : config.resolvers();
    }

    /**
     * Asks one after the other.
     *
     * @param believed whether only those are asked whose word on signatures is taken. What is bogus to one of these is
     *     SERVFAIL, and another one's answer to the same question, which nobody checked, must not stand for it
     */
    Heard ask(Name name, int type, boolean believed) {
        var servers = believed ? all().stream().filter(config.dnssec()::trusts).toList() : all();
        var why = "no resolver is configured";
        for (var round = 0; round < config.tries(); round++) {
            for (var server : servers) {
                try {
                    var message = ask(server, name, type);
                    if (message.getRcode() == Rcode.NOERROR || message.getRcode() == Rcode.NXDOMAIN) {
                        return new Heard.Answer(message, config.dnssec().trusts(server));
                    }
                    why = Rcode.string(message.getRcode());
                } catch (IOException e) {
                    why = e.getMessage() == null ? e.toString() : e.getMessage();
                }
            }
        }
        return new Heard.Nothing("DNS lookup of " + Type.string(type) + " " + DnsJavaDns.text(name) + " failed: "
            + why);
    }

    private Message ask(InetSocketAddress server, Name name, int type) throws IOException {
        var query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
        if (config.dnssec() == Dnssec.VALIDATE) {
            return validating(server).send(query);
        }
        if (config.dnssec().trusts(server)) {
            query.getHeader().setFlag(Flags.AD);    // RFC 6840 section 5.7: tell us
        }
        var resolver = plain(server);
        var answer = resolver.send(query);
        if (answer.getRcode() == Rcode.FORMERR || answer.getRcode() == Rcode.NOTIMP) {
            resolver.setEDNS(-1, 0, 0, List.of());   // a resolver from before EDNS (RFC 6891 section 7)
            answer = resolver.send(query);
        }
        return answer;
    }

    private SimpleResolver plain(InetSocketAddress server) {
        var resolver = new SimpleResolver(server);
        resolver.setTimeout(config.timeout());
        return resolver;
    }

    private Resolver validating(InetSocketAddress server) throws IOException {
        var known = validating.get(server);
        if (known == null) {
            known = new TrustAnchors(config.anchors()).over(plain(server), config.timeout());
            validating.put(server, known);
        }
        return known;
    }
}
