package org.posthorn.server.dns;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.posthorn.server.dns.AnswerCache.Known;
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
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TLSARecord;
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
 *
 * <p>What is secure says the AD bit of a trusted resolver (RFC 6840 section 5.7), and where that is the question only
 * trusted ones are asked; or dnsjava's own check of the
 * signatures, which all questions go through then; what does not pass it is SERVFAIL, and so temporary.
 */
@Singleton
public final class DnsJavaDns implements Dns, SecureDns {

    private static final int LONGEST_CHAIN = 8;   // CNAMEs from the name asked for to the one that has records
    private static final Pattern SPECIAL = Pattern.compile("[^A-Za-z0-9_.-]");
    private static final InetAddress LOOPBACK_V4 = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress LOOPBACK_V6 = InetAddress.ofLiteral("::1");

    private final Resolvers resolvers;
    private final AnswerCache cache;

    /** Opens nothing: the first question does. */
    @Inject
    public DnsJavaDns(DnsConfig config) {
        this(config, System::nanoTime);
    }

    DnsJavaDns(DnsConfig config, LongSupplier nanos) {
        this.resolvers = new Resolvers(config);
        this.cache = new AnswerCache(config.cacheEntries(), nanos);
    }

    @Override public DnsAnswer<MxRecord> mx(String domain) {
        return map(ask(domain, Type.MX), DnsJavaDns::exchanger);
    }

    private static MxRecord exchanger(Record record) {
        var exchanger = (MXRecord) record;
        return new MxRecord(exchanger.getPriority(), text(exchanger.getTarget()));
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
        return map(find(ReverseMap.fromAddress(address), Type.PTR, false).answer(),
            r -> text(((PTRRecord) r).getTarget()));
    }

    @Override public boolean isOn() {
        return resolvers.vouch();
    }

    @Override public DnsAnswer<MxRecord> secureMx(String domain) {
        return map(secure(believed(domain, Type.MX)), DnsJavaDns::exchanger);
    }

    @Override public DnsAnswer<String> tlsaBases(String host) {
        var four = believed(host, Type.A);
        var six = believed(host, Type.AAAA);
        var families = List.of(four, six);
        if (families.stream().noneMatch(family -> family.answer() instanceof DnsAnswer.Found<Record>)) {
            for (var family : families) {
                if (family.answer() instanceof DnsAnswer.Temporary<Record>(var why)) {
                    return new DnsAnswer.Temporary<>(why);
                }
            }
        }
        for (var family : families) {
            if (family.secure() && family.answer() instanceof DnsAnswer.Found<Record>) {
                var end = text(family.name());
                return new DnsAnswer.Found<>(end.equalsIgnoreCase(host) ? List.of(host) : List.of(end, host));
            }
        }
        // The way may begin in a signed zone and lead out of it: then the name that it begins with still counts.
        var moved = name(host).filter(name -> !four.name().equals(name) || !six.name().equals(name));
        return moved.isEmpty() ? new DnsAnswer.None<>(true) : map(secure(believed(host, Type.CNAME)), _ -> host);
    }

    @Override public DnsAnswer<Tlsa> tlsa(String base, int port) {
        return map(secure(believed("_" + port + "._tcp." + base, Type.TLSA)), r -> {
            var record = (TLSARecord) r;
            return new Tlsa(record.getCertificateUsage(), record.getSelector(), record.getMatchingType(),
                HexFormat.of().formatHex(record.getCertificateAssociationData()));
        });
    }

    /** What is there but not secure counts as not there; what could not be found out stays so. */
    private static DnsAnswer<Record> secure(Known known) {
        return known.secure() || known.answer() instanceof DnsAnswer.Temporary<Record> ? known.answer()
            : new DnsAnswer.None<>(true);
    }

    static String text(Name name) {
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
        return find(text, type, false).answer();
    }

    /** Of resolvers whose word on signatures is taken, where there are any; else nothing is secure whoever says it. */
    private Known believed(String text, int type) {
        return find(text, type, resolvers.vouch());
    }

    private Known find(String text, int type, boolean believed) {
        return name(text).map(name -> find(name, type, believed))
            .orElseGet(() -> new Known(new DnsAnswer.None<>(false), Name.root, believed, false));
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

    private Known find(Name name, int type, boolean believed) {
        var question = new AnswerCache.Question(name, type);
        var known = cache.get(question).filter(one -> one.believed() || !believed);
        if (known.isPresent()) {
            return known.get();
        }
        var chain = new Chain(name, type, Long.MAX_VALUE);
        var allBelieved = true;
        var secure = true;
        for (var asked = 0; asked <= LONGEST_CHAIN; asked++) {
            switch (resolvers.ask(chain.name, type, believed)) {
                case Resolvers.Heard.Nothing(var why) -> {
                    return new Known(new DnsAnswer.Temporary<>(why), chain.name, believed, false);
                }
                case Resolvers.Heard.Answer answer -> {
                    var message = answer.message();
                    allBelieved &= answer.believed();
                    secure &= answer.secure();
                    var before = chain;
                    chain = chain.follow(message);
                    if (chain.tooLong()) {
                        return endless(name);
                    }
                    var records = chain.records(message);
                    var movedOn = !chain.name.equals(before.name);
                    if (!records.isEmpty() || !movedOn || endsHere(message)) {
                        return settle(question, chain, message, new Word(allBelieved, secure));
                    }
                }
            }
        }
        return endless(name);
    }

    private static Known endless(Name name) {
        return new Known(new DnsAnswer.Temporary<>("the CNAME chain of " + text(name) + " does not end"), name, false,
            false);
    }

    /** Whether an answer that led to another name also says that this name has nothing. */
    private static boolean endsHere(Message message) {
        return message.getRcode() == Rcode.NXDOMAIN
            || message.getSection(Section.AUTHORITY).stream().anyMatch(SOARecord.class::isInstance);
    }

    /** What an answer's resolvers say of its signatures, and whether they are believed. */
    private record Word(boolean believed, boolean secure) {
    }

    private Known settle(AnswerCache.Question question, Chain chain, Message message, Word word) {
        var records = chain.records(message);
        if (!records.isEmpty()) {
            var ttl = records.stream().mapToLong(Record::getTTL).min().orElse(0);
            var found = new Known(new DnsAnswer.Found<>(records), chain.name, word.believed, word.secure);
            cache.put(question, found, Math.min(ttl, chain.ttl));
            return found;
        }
        var none = new Known(new DnsAnswer.None<>(message.getRcode() != Rcode.NXDOMAIN), chain.name,
            word.believed, word.secure);
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
            if (type == Type.CNAME) {
                return this;    // that is what was asked for
            }
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
}
