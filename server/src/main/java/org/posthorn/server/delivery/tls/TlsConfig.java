package org.posthorn.server.delivery.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.posthorn.server.config.Section;

/**
 * How well connections to other hosts are protected: {@code <tls>} in {@code conf/delivery.xml}.
 *
 * @param dane whether TLSA records are looked for; default yes. Without DNSSEC, see conf/dns.xml, there are none
 * @param sts how MTA-STS policies are fetched
 * @param minimum the oldest protocol; default TLS 1.2
 * @param authorities a PEM file in whose place the JDK's trust store stands where it is empty
 * @param rules by domain, in lower case; {@code *.example.org} for all below it
 * @param reports whether other domains are told (RFC 8460)
 * @param data where policies and counts are kept
 */
public record TlsConfig(boolean dane, Sts sts, TlsTerms.Minimum minimum, Optional<Path> authorities,
                        Map<String, TlsRule> rules, Reports reports, Path data) {

    /** Copies the map. */
    public TlsConfig {
        rules = Map.copyOf(rules);
    }

    /**
     * How MTA-STS policies are fetched.
     *
     * @param on default yes
     * @param timeout for one policy, from connecting to its last octet; default 15 s. RFC 8461 section 3.3 suggests a
     *     minute, but a message waits for it
     */
    public record Sts(boolean on, Duration timeout) {
    }

    /**
     * Whether and as whom other domains are told what came of TLS with them.
     *
     * @param on default no: receivers are to ignore reports without a DKIM signature (RFC 8460 section 3), and we do
     *     not sign ourselves
     * @param organization who reports; default the hostname
     * @param contact an address for questions, and the reports' sender; default {@code postmaster@} the hostname
     */
    public record Reports(boolean on, String organization, String contact) {
    }

    /** The defaults, for a server of that name with its home there. */
    public static TlsConfig of(String hostname, Path home) {
        return new TlsConfig(true, new Sts(true, Duration.ofSeconds(15)), TlsTerms.Minimum.TLS_1_2, Optional.empty(),
            Map.of(), new Reports(false, hostname, "postmaster@" + hostname), home.resolve("data").resolve("tls"));
    }

    /** Reads {@code <tls>}. */
    public static TlsConfig read(Section tls, String hostname, Path home) {
        var usual = of(hostname, home);
        var minimum = minimum(tls, usual.minimum);
        var sts = tls.childOrEmpty("mta-sts");
        var reports = tls.childOrEmpty("reports");
        return new TlsConfig(tls.flag("dane", usual.dane),
            new Sts(sts.flag("on", usual.sts.on), sts.duration("timeout", usual.sts.timeout)), minimum,
            tls.value("authorities", usual.authorities, text -> Optional.of(readable(home.resolve(text).normalize()))),
            rules(tls, minimum), new Reports(reports.flag("on", false),
                reports.string("organization", usual.reports.organization),
                reports.value("contact", usual.reports.contact, TlsConfig::address)), usual.data);
    }

    private static TlsTerms.Minimum minimum(Section section, TlsTerms.Minimum usual) {
        return section.value("minimum", usual, text -> switch (text) {
            case "1.2" -> TlsTerms.Minimum.TLS_1_2;
            case "1.3" -> TlsTerms.Minimum.TLS_1_3;
            default -> throw new IllegalArgumentException("expected one of 1.2, 1.3");
        });
    }

    private static Map<String, TlsRule> rules(Section tls, TlsTerms.Minimum minimum) {
        var rules = new HashMap<String, TlsRule>();
        for (var domain : tls.children("domain")) {
            var name = domain.required("name").toLowerCase(Locale.ROOT);
            var names = new LinkedHashSet<>(List.of(domain.string("names", "").strip().split("[ ,]+", -1)));
            names.remove("");
            var want = domain.choice("policy", names.isEmpty() ? TlsRule.Want.OPPORTUNISTIC : TlsRule.Want.REQUIRED);
            if (!names.isEmpty() && want != TlsRule.Want.REQUIRED) {
                domain.problem("names: only policy=\"required\" looks for names");
            }
            if (rules.put(name, new TlsRule(want, names, minimum(domain, minimum))) != null) {
                domain.problem("there is a second <domain> for " + name + "; keep one");
            }
        }
        return rules;
    }

    private static Path readable(Path file) {
        try {
            Authorities.store(file);
            return file;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("expected a file with certificates in PEM (" + e + ")", e);
        }
    }

    private static String address(String text) {
        if (!text.matches("[!-~]+@[A-Za-z0-9.-]+")) {
            throw new IllegalArgumentException("expected an address, such as postmaster@example.org");
        }
        return text;
    }

    /** What we want of this domain: by its own rule, that of a domain above it, or the usual one. */
    TlsRule rule(String domain, TlsRule.Want usual) {
        var name = domain.toLowerCase(Locale.ROOT);
        var exact = rules.get(name);
        if (exact != null) {
            return exact;
        }
        for (var dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            var above = rules.get("*" + name.substring(dot));
            if (above != null) {
                return above;
            }
        }
        return new TlsRule(usual, Set.of(), minimum);
    }
}
