package org.posthorn.server.dns;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * Asks recursive resolvers with dnsjava: by UDP with EDNS, by TCP when the answer was cut, without EDNS when a resolver
 * does not know it.
 *
 * <p>A question goes to each resolver in turn, and round again as often as configured. {@code NOERROR} and
 * {@code NXDOMAIN} are answers; all else (SERVFAIL, REFUSED, silence, garbage) sends it to the next one and is
 * {@link DnsAnswer.Temporary} at the end. Answers are cached for their time to live. {@code localhost} is answered
 * without asking (RFC 6761 section 6.3).
 */
@Singleton
public final class DnsJavaDns implements Dns {

    private static final int LONGEST_CHAIN = 8;   // CNAMEs from the name asked for to the one that has records
    private static final Pattern SPECIAL = Pattern.compile("[^A-Za-z0-9_.-]");
    private static final InetAddress LOOPBACK_V4 = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress LOOPBACK_V6 = InetAddress.ofLiteral("::1");

    private final DnsConfig config;
    private final AnswerCache cache;

    /** Opens nothing: the first question does. */
    @Inject
    public DnsJavaDns(DnsConfig config) {
        this(config, System::nanoTime);
    }

    DnsJavaDns(DnsConfig config, LongSupplier nanos) {
        this.config = config;
        this.cache = new AnswerCache(config.cacheEntries(), nanos);
    }

    @Override public DnsAnswer<MxRecord> mx(String domain) {
        return map(ask(domain, Type.MX), r -> {
            var exchanger = (MXRecord) r;
            return new MxRecord(exchanger.getPriority(), text(exchanger.getTarget()));
        });
    }

    @Override public DnsAnswer<InetAddress> addresses(String host) {
        if (host.equalsIgnoreCase("localhost")) {
            return new DnsAnswer.Found<>(List.of(LOOPBACK_V4, LOOPBACK_V6));
        }
        var four = addresses(host, Family.IPV4);
        var six = addresses(host, Family.IPV6);
        var found = new ArrayList<InetAddress>();
        for (var family : List.of(four, six)) {
            if (family instanceof DnsAnswer.Found<InetAddress>(var records)) {
                found.addAll(records);
            }
        }
        if (!found.isEmpty()) {
            return new DnsAnswer.Found<>(found);
        }
        return four instanceof DnsAnswer.Temporary<InetAddress> ? four : six;
    }

    @Override public DnsAnswer<InetAddress> addresses(String host, Family family) {
        if (host.equalsIgnoreCase("localhost")) {
            return new DnsAnswer.Found<>(List.of(family == Family.IPV4 ? LOOPBACK_V4 : LOOPBACK_V6));
        }
        return switch (family) {
            case IPV4 -> map(ask(host, Type.A), r -> ((ARecord) r).getAddress());
            case IPV6 -> map(ask(host, Type.AAAA), r -> ((AAAARecord) r).getAddress());
        };
    }

    @Override public DnsAnswer<SrvRecord> srv(String service) {
        return map(ask(service, Type.SRV), r -> {
            var host = (SRVRecord) r;
            return new SrvRecord(host.getPriority(), host.getWeight(), host.getPort(), text(host.getTarget()));
        });
    }

    @Override public DnsAnswer<String> txt(String name) {
        return map(ask(name, Type.TXT), r -> {
            var joined = new StringBuilder();
            for (var part : ((TXTRecord) r).getStringsAsByteArrays()) {
                joined.append(new String(part, StandardCharsets.ISO_8859_1));
            }
            return joined.toString();
        });
    }

    @Override public DnsAnswer<String> ptr(InetAddress address) {
        return map(ask(ReverseMap.fromAddress(address), Type.PTR), r -> text(((PTRRecord) r).getTarget()));
    }

    private static String text(Name name) {
        return name.equals(Name.root) ? "" : name.toString(true).toLowerCase(Locale.ROOT);
    }

    private static <T> DnsAnswer<T> map(DnsAnswer<Record> answer, Function<Record, T> reading) {
        return switch (answer) {
            case DnsAnswer.Found<Record>(var records) -> new DnsAnswer.Found<>(records.stream().map(reading).toList());
            case DnsAnswer.None<Record>(var nameExists) -> new DnsAnswer.None<>(nameExists);
            case DnsAnswer.Temporary<Record>(var why) -> new DnsAnswer.Temporary<>(why);
        };
    }

    private DnsAnswer<Record> ask(String text, int type) {
        return name(text).map(name -> ask(name, type)).orElse(new DnsAnswer.None<>(false));
    }

    /** The name, or empty when no name in the DNS can look like that. */
    private static Optional<Name> name(String text) {
        var plain = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        if (plain.isEmpty() || !plain.chars().allMatch(c -> c >= ' ' && c < 127)) {
            return Optional.empty();
        }
        try {
            // What dnsjava would read as more than itself is written as its number (RFC 1035 section 5.1).
            return Optional.of(Name.fromString(SPECIAL.matcher(plain).replaceAll(
                special -> String.format(Locale.ROOT, "\\\\%03d", (int) special.group().charAt(0))), Name.root));
        } catch (TextParseException e) {
            return Optional.empty();
        }
    }

    private DnsAnswer<Record> ask(Name name, int type) {
        var question = new AnswerCache.Question(name, type);
        var known = cache.get(question);
        if (known.isPresent()) {
            return known.get();
        }
        var chain = new Chain(name, type, Long.MAX_VALUE);
        for (var asked = 0; asked <= LONGEST_CHAIN; asked++) {
            switch (exchange(chain.name, type)) {
                case Heard.Nothing(var why) -> {
                    return new DnsAnswer.Temporary<>(why);
                }
                case Heard.Answer(var message) -> {
                    var before = chain;
                    chain = chain.follow(message);
                    if (chain.tooLong()) {
                        return new DnsAnswer.Temporary<>("the CNAME chain of " + text(name) + " does not end");
                    }
                    var records = chain.records(message);
                    var movedOn = !chain.name.equals(before.name);
                    if (!records.isEmpty() || !movedOn || endsHere(message)) {
                        return settle(question, chain, message, records);
                    }
                }
            }
        }
        return new DnsAnswer.Temporary<>("the CNAME chain of " + text(name) + " does not end");
    }

    /** Whether an answer that led to another name also says that this name has nothing. */
    private static boolean endsHere(Message message) {
        return message.getRcode() == Rcode.NXDOMAIN
            || message.getSection(Section.AUTHORITY).stream().anyMatch(SOARecord.class::isInstance);
    }

    private DnsAnswer<Record> settle(AnswerCache.Question question, Chain chain, Message message,
                                     List<Record> records) {
        if (!records.isEmpty()) {
            var ttl = records.stream().mapToLong(Record::getTTL).min().orElse(0);
            var found = new DnsAnswer.Found<>(records);
            cache.put(question, found, Math.min(ttl, chain.ttl));
            return found;
        }
        var none = new DnsAnswer.None<Record>(message.getRcode() != Rcode.NXDOMAIN);
        // RFC 2308 section 5: for the lesser of the SOA's own time to live and its MINIMUM; without SOA not at all.
        for (var record : message.getSection(Section.AUTHORITY)) {
            if (record instanceof SOARecord soa) {
                cache.put(question, none, Math.min(chain.ttl, Math.min(soa.getTTL(), soa.getMinimum())));
            }
        }
        return none;
    }

    /**
     * How far CNAMEs have led.
     *
     * @param name where we are now
     * @param ttl the shortest time to live on the way, in seconds
     * @param steps how many CNAMEs were followed
     */
    private record Chain(Name name, int type, long ttl, int steps) {

        Chain(Name name, int type, long ttl) {
            this(name, type, ttl, 0);
        }

        Chain follow(Message message) {
            var now = this;
            for (var moved = true; moved && !now.tooLong(); ) {
                var next = now.step(message);
                moved = next.steps > now.steps;
                now = next;
            }
            return now;
        }

        private Chain step(Message message) {
            for (var record : message.getSection(Section.ANSWER)) {
                if (record instanceof CNAMERecord alias && alias.getName().equals(name)) {
                    return new Chain(alias.getTarget(), type, Math.min(ttl, alias.getTTL()), steps + 1);
                }
            }
            return this;
        }

        boolean tooLong() {
            return steps > LONGEST_CHAIN;
        }

        List<Record> records(Message message) {
            return message.getSection(Section.ANSWER).stream()
                .filter(r -> r.getType() == type && r.getDClass() == DClass.IN && r.getName().equals(name)).toList();
        }
    }

    /** What the resolvers said to one question. */
    private sealed interface Heard {
        record Answer(Message message) implements Heard {
        }

        record Nothing(String why) implements Heard {
        }
    }

    private Heard exchange(Name name, int type) {
        var servers = config.resolvers().isEmpty() ? ResolverConfig.getCurrentConfig().servers() : config.resolvers();
        var why = "no resolver is configured";
        for (var round = 0; round < config.tries(); round++) {
            for (var server : servers) {
                try {
                    var message = exchange(server, name, type);
                    if (message.getRcode() == Rcode.NOERROR || message.getRcode() == Rcode.NXDOMAIN) {
                        return new Heard.Answer(message);
                    }
                    why = Rcode.string(message.getRcode());
                } catch (IOException e) {
                    why = e.getMessage() == null ? e.toString() : e.getMessage();
                }
            }
        }
        return new Heard.Nothing("DNS lookup of " + Type.string(type) + " " + text(name) + " failed: " + why);
    }

    private Message exchange(InetSocketAddress server, Name name, int type) throws IOException {
        var resolver = new SimpleResolver(server);
        resolver.setTimeout(config.timeout());
        var query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
        var answer = resolver.send(query);
        if (answer.getRcode() == Rcode.FORMERR || answer.getRcode() == Rcode.NOTIMP) {
            resolver.setEDNS(-1, 0, 0, List.of());   // a resolver from before EDNS (RFC 6891 section 7)
            answer = resolver.send(query);
        }
        return answer;
    }
}
