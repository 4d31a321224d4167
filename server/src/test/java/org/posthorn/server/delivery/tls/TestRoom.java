package org.posthorn.server.delivery.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.posthorn.server.bounce.BounceConfig;
import org.posthorn.server.dns.Dns;
import org.posthorn.server.dns.SecureDns;
import org.posthorn.server.spool.Spool;

/**
 * This room for the tests of others: with signed records and policies as data.
 *
 * @param home of the server
 * @param authorities who may vouch for hosts; empty for those of the JDK
 * @param rules our own, by domain
 * @param published MTA-STS policies as they would be fetched, by domain
 */
public record TestRoom(Path home, Optional<Path> authorities, Map<String, TlsRule> rules,
                       Map<String, String> published) {

    /** Where nothing is published. */
    public static TestRoom empty() {
        return new TestRoom(Path.of("target"), Optional.empty(), new HashMap<>(), new HashMap<>());
    }

    private TlsConfig config() {
        var usual = TlsConfig.of("me.example", home);
        return new TlsConfig(true, usual.sts(), usual.minimum(), authorities, rules,
            new TlsConfig.Reports(true, "me", "me@me.example"), usual.data());
    }

    /** The room's answers. */
    public TlsPolicies policies(Dns dns, SecureDns signed, InstantSource clock) {
        PolicyFetch fetch = domain -> StsPolicy.parse(published.getOrDefault(domain, ""))
            .<PolicyFetch.Fetched>map(PolicyFetch.Fetched.Got::new).orElse(new PolicyFetch.Fetched.Failed(
                new Shortcoming(Shortcoming.Type.STS_POLICY_INVALID, "none, says the test")));
        return new TlsPolicies(config(), signed, new StsPolicies(config(), dns, fetch, new StsFiles(config()), clock));
    }

    /** Its handshakes. */
    public Handshakes handshakes() {
        return new Handshakes(new Authorities(authorities));
    }

    /** What it counts. */
    public TlsReports reports(Dns dns, Spool spool, InstantSource clock) {
        var ours = BounceConfig.of("me.example");
        return new TlsReports(config(), ours, dns, new ReportMail(spool, ours, config(), clock), (_, _) -> {
            throw new IOException("no test posts");
        }, new ReportFiles(config()), clock);
    }
}
