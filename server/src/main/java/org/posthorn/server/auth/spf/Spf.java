package org.posthorn.server.auth.spf;

import jakarta.inject.Inject;
import java.time.InstantSource;
import org.posthorn.server.dns.Dns;

/**
 * Checks whether a host may send in a domain's name: the Sender Policy Framework (RFC 7208). Asks the DNS and nobody
 * else, remembers nothing. Thread-safe.
 */
public final class Spf {

    private final Dns dns;
    private final SpfConfig config;
    private final InstantSource clock;

    /** Checks with these limits. */
    @Inject
    public Spf(Dns dns, SpfConfig config, InstantSource clock) {
        this.dns = dns;
        this.config = config;
        this.clock = clock;
    }

    /** The result; never throws for what records say. */
    public SpfVerdict check(SpfQuestion question) {
        return check(question, SpfSteps.none());
    }

    /** The result, with every step told. */
    public SpfVerdict check(SpfQuestion question, SpfSteps steps) {
        var lookups = new Lookups(dns, config, clock);
        var macros = new Macros(question, lookups, config.receiver(), clock);
        var verdict = new SpfCheck(question, lookups, macros, steps).run();
        steps.step(0, lookups.counts());
        return verdict;
    }
}
