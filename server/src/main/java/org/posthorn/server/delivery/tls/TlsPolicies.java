package org.posthorn.server.delivery.tls;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.delivery.Outcome;
import org.posthorn.server.delivery.Outcome.Scope;
import org.posthorn.server.delivery.tls.Question.Wish;
import org.posthorn.server.delivery.tls.TlsPolicy.Cause;
import org.posthorn.server.delivery.tls.TlsRule.Want;
import org.posthorn.server.dns.Dns.MxRecord;
import org.posthorn.server.dns.DnsAnswer;
import org.posthorn.server.dns.SecureDns;
import org.posthorn.server.dns.SecureDns.Tlsa;

/**
 * On which terms a host may have a domain's mail.
 *
 * <pre>
 * our rule says never, unchecked         so it is
 * signed TLSA records, usable            DANE; a name or key that they do not name is refused (RFC 7672)
 * signed TLSA records, none usable       TLS, any certificate
 * TLSA or MX lookup failed, or is bogus  not this host: who can break lookups shall not break DANE
 * the domain's MTA-STS policy enforces   a host of its list, with a certificate in its name (RFC 8461)
 * ... is testing                         opportunistic; what would have failed is reported
 * none of these                          what our rule says: opportunistic as a rule
 * </pre>
 *
 * <p>What our rule says is the least in each case. DANE goes before MTA-STS (RFC 8461 section 2). Thread-safe.
 */
@Singleton
public final class TlsPolicies {

    private final TlsConfig config;
    private final SecureDns dns;
    private final StsPolicies sts;

    @Inject
    TlsPolicies(TlsConfig config, SecureDns dns, StsPolicies sts) {
        this.config = config;
        this.dns = dns;
        this.sts = sts;
    }

    /** What the DNS says about a host. */
    private sealed interface Dane {

        /** Nothing that is signed. */
        record None() implements Dane {
        }

        record Records(String base, List<Tlsa> all) implements Dane {
        }

        record Unknown(String why) implements Dane {
        }
    }

    /** The terms for one host. */
    public Plan of(Question question) {
        var rule = rule(question);
        var secrecy = question.wish() == Wish.SECRECY;
        if (rule.want() == Want.NEVER || rule.want() == Want.UNCHECKED) {
            return secrecy ? refused("Verified TLS was asked for (REQUIRETLS), and our configuration does not check "
                + question.domain(), Basis.none(question.domain()))
                : go(rule, rule.want() == Want.NEVER ? new TlsPolicy.Clear(false) : new TlsPolicy.Opportunistic(),
                    Basis.none(question.domain()));
        }
        var ignored = question.wish() == Wish.ARRIVAL && rule.want() != Want.DANE;
        return switch (ignored ? new Dane.None() : dane(question)) {
            case Dane.Unknown(var why) -> not("4.4.3", why, daneBasis(question, List.of())
                .with(new Shortcoming(Shortcoming.Type.DNSSEC_INVALID, why)));
            case Dane.Records(var base, var all) -> dane(question, rule, base, all);
            case Dane.None _ when rule.want() == Want.DANE -> not("4.7.5", "The host " + question.host()
                + " has no signed TLSA records, which our configuration wants", daneBasis(question, List.of())
                .with(new Shortcoming(Shortcoming.Type.DANE_REQUIRED, "no signed TLSA records")));
            case Dane.None _ -> ignored || !question.byMx() ? own(question, rule, Basis.none(question.domain()))
                : sts(question, rule);
        };
    }

    private TlsRule rule(Question question) {
        var rule = config.rule(question.domain(), question.usual());
        return question.atLeast() ? rule.atLeast(question.usual()) : rule;
    }

    private Dane dane(Question question) {
        if (!config.dane() || !dns.isOn() || !isInTheDns(question.host())) {
            return new Dane.None();
        }
        if (question.byMx()) {
            switch (dns.secureMx(question.domain())) {
                case DnsAnswer.Temporary<MxRecord>(var why) -> {
                    return new Dane.Unknown(why);
                }
                case DnsAnswer.Found<MxRecord>(var records) -> {
                    if (records.stream().noneMatch(mx -> mx.host().equalsIgnoreCase(question.host()))) {
                        return new Dane.Unknown("The host " + question.host() + " is none of the signed mail exchangers"
                            + " of " + question.domain());
                    }
                }
                // Without MX records the domain is its own host (RFC 7672 section 2.2.1), and signed or not itself.
                case DnsAnswer.None<MxRecord> _ when !question.host().equalsIgnoreCase(question.domain()) -> {
                    return new Dane.None();
                }
                case DnsAnswer.None<MxRecord> _ -> { }
            }
        }
        return switch (dns.tlsaBases(question.host())) {
            case DnsAnswer.Temporary<String>(var why) -> new Dane.Unknown(why);
            case DnsAnswer.None<String> _ -> new Dane.None();
            case DnsAnswer.Found<String>(var bases) -> records(bases, question.port());
        };
    }

    /** Not an address, nor this machine's own name (RFC 7672 section 2.2: DANE is for names). */
    private static boolean isInTheDns(String host) {
        return !host.equalsIgnoreCase("localhost") && host.indexOf(':') < 0 && !host.matches("[0-9.]*");
    }

    private Dane records(List<String> bases, int port) {
        for (var base : bases) {
            switch (dns.tlsa(base, port)) {
                case DnsAnswer.Temporary<Tlsa>(var why) -> {
                    return new Dane.Unknown(why);
                }
                case DnsAnswer.Found<Tlsa>(var all) -> {
                    return new Dane.Records(base, all);
                }
                case DnsAnswer.None<Tlsa> _ -> { }
            }
        }
        return new Dane.None();
    }

    private Plan dane(Question question, TlsRule rule, String base, List<Tlsa> all) {
        var basis = daneBasis(question, all);
        var usable = TlsaRecords.usable(all);
        if (!usable.isEmpty()) {
            var authority = usable.stream().anyMatch(record -> record.usage() == TlsaRecords.AUTHORITY);
            var names = authority ? names(base, question.host(), question.domain()) : Set.<String>of();
            return go(rule, new TlsPolicy.Dane(base, usable, names), basis);
        }
        var flawed = basis.with(new Shortcoming(Shortcoming.Type.TLSA_INVALID, "no TLSA record can be used"));
        return switch (rule.want()) {
            case DANE -> not("4.7.5", "None of the TLSA records of " + question.host() + " can be used, which our"
                + " configuration wants", flawed);
            case REQUIRED -> own(question, rule, flawed);
            case NEVER, UNCHECKED, OPPORTUNISTIC, ENCRYPTED -> question.wish() == Wish.SECRECY
                ? own(question, rule, flawed) : go(rule, new TlsPolicy.Encrypted(Cause.DANE), flawed);
        };
    }

    /** RFC 7672 section 3.2.2: the base, the host, and the domain whose mail it is. */
    private static Set<String> names(String... all) {
        var names = new LinkedHashSet<String>();
        for (var name : all) {
            names.add(name.toLowerCase(Locale.ROOT));
        }
        return names;
    }

    private static Basis daneBasis(Question question, List<Tlsa> records) {
        return new Basis(question.domain(), Basis.Type.TLSA, records.stream().map(Tlsa::toString).toList(), List.of(),
            Optional.empty());
    }

    private Plan sts(Question question, TlsRule rule) {
        var found = sts.of(question.domain());
        var none = Basis.none(question.domain());
        if (found.policy().isEmpty()) {
            var basis = found.shortcoming().map(none::with).orElse(none);
            return question.wish() == Wish.SECRECY ? secret(question, rule, found, basis) : own(question, rule, basis);
        }
        var policy = found.policy().get();
        var lines = new ArrayList<>(policy.lines());
        var basis = new Basis(question.domain(), Basis.Type.STS, lines, policy.patterns(), found.shortcoming());
        var insists = policy.mode() == StsPolicy.Mode.ENFORCE || question.wish() == Wish.SECRECY;
        if (!policy.takes(question.host())) {
            var foreign = new Shortcoming(Shortcoming.Type.VALIDATION_FAILURE, "the host is not in the policy");
            return insists ? not("4.7.5", "The host " + question.host() + " is none that the MTA-STS policy of "
                + question.domain() + " names", basis.with(foreign)) : own(question, rule, basis.with(foreign));
        }
        var names = names(question.host());
        if (insists) {
            return go(rule, new TlsPolicy.Verified(names, Cause.MTA_STS), basis);
        }
        return rule.want() == Want.OPPORTUNISTIC ? go(rule, new TlsPolicy.Observed(names), basis)
            : own(question, rule, basis);
    }

    /**
     * RFC 8689 section 4.2.1: MX records that nobody vouches for may lead anywhere. Where the way from the domain to
     * the host is signed, or none, it is sure; where that cannot be found out now, it may be later.
     */
    private Plan secret(Question question, TlsRule rule, StsPolicies.Found found, Basis basis) {
        var signed = question.host().equalsIgnoreCase(question.domain())
            ? new DnsAnswer.Found<>(List.of(new MxRecord(0, question.host()))) : dns.secureMx(question.domain());
        if (signed instanceof DnsAnswer.Found<MxRecord>(var records)
                && records.stream().anyMatch(mx -> mx.host().equalsIgnoreCase(question.host()))) {
            return own(question, rule, basis);
        }
        if (found.unknown().isPresent()) {
            return not(found.shortcoming().isPresent() ? "4.7.5" : "4.4.3", "Verified TLS was asked for (REQUIRETLS),"
                + " and the MTA-STS policy of " + question.domain() + " cannot be had: " + found.unknown().get(),
                basis);
        }
        if (signed instanceof DnsAnswer.Temporary<MxRecord>(var why)) {
            return not("4.4.3", why, basis);
        }
        return refused("Verified TLS was asked for (REQUIRETLS), and neither DNSSEC nor MTA-STS vouches for the mail"
            + " exchangers of " + question.domain(), basis);
    }

    /** Where nothing is published that we could hold the host to. */
    private static Plan own(Question question, TlsRule rule, Basis basis) {
        if (question.wish() == Wish.SECRECY && rule.want() != Want.REQUIRED) {
            return go(rule, new TlsPolicy.Verified(names(question.host()), Cause.REQUIRETLS), basis);
        }
        return go(rule, switch (rule.want()) {
            case NEVER -> new TlsPolicy.Clear(false);
            case UNCHECKED, OPPORTUNISTIC -> new TlsPolicy.Opportunistic();
            case ENCRYPTED -> new TlsPolicy.Encrypted(Cause.CONFIGURATION);
            case REQUIRED, DANE -> new TlsPolicy.Verified(
                rule.names().isEmpty() ? names(question.host()) : rule.names(), Cause.CONFIGURATION);
        }, basis);
    }

    private static Plan go(TlsRule rule, TlsPolicy policy, Basis basis) {
        return new Plan.Go(new TlsTerms(policy, rule.minimum(),
            rule.want() == Want.REQUIRED ? rule.names() : Set.of()), basis);
    }

    private static Plan not(String status, String why, Basis basis) {
        return new Plan.Not(new Outcome.Deferred(Reply.of(451, status, why), "", Scope.DESTINATION), basis);
    }

    private static Plan refused(String why, Basis basis) {
        return new Plan.Not(new Outcome.Failed(Reply.of(550, "5.7.30", why), ""), basis);
    }
}
