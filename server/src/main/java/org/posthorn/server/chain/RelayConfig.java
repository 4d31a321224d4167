package org.posthorn.server.chain;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.posthorn.mailets.port.Network;
import org.posthorn.mailets.port.RelayClient;
import org.posthorn.mailets.port.RelayRules;
import org.posthorn.server.config.Section;

/**
 * conf/relay.xml: for whom we pass mail on, besides authenticated users.
 *
 * @param trusted networks whose every mail is passed on; by default none, not even loopback
 * @param certificates fingerprints of client certificates whose holders' every mail is passed on, as {@link
 *     org.posthorn.protocols.net.ClientCertificate} writes them; none by default
 * @param relayDomains domains, in lower case, to which everyone's mail is passed on
 * @param verify which of these domains are asked whether they take a recipient
 */
public record RelayConfig(List<Network> trusted, Set<String> certificates, Set<String> relayDomains,
                          VerifyConfig verify) implements RelayRules {

    private static final Pattern FINGERPRINT = Pattern.compile("sha256:[0-9a-f]{64}");

    /** Copies the collections. */
    public RelayConfig {
        trusted = List.copyOf(trusted);
        certificates = Set.copyOf(certificates);
        relayDomains = relayDomains.stream().map(RelayConfig::plain).collect(Collectors.toUnmodifiableSet());
    }

    /** Without certificates and verification. */
    public RelayConfig(List<Network> trusted, Set<String> relayDomains) {
        this(trusted, Set.of(), relayDomains, VerifyConfig.NONE);
    }

    /** Reads {@code <relay>}; mistakes become problems of the section. */
    public static RelayConfig read(Section relay) {
        var trusted = relay.values("trust", Network::parse);
        var certificates = new HashSet<String>();
        for (var certificate : relay.children("certificate")) {
            certificate.value("fingerprint", Optional.<String>empty(), text -> Optional.of(fingerprint(text)))
                .ifPresentOrElse(certificates::add, () -> certificate.required("fingerprint"));
        }
        var domains = relay.values("relay-domain", RelayConfig::domain);
        var verified = new HashSet<String>();
        for (var element : relay.children("relay-domain")) {
            if (element.flag("verify", false)) {
                verified.add(plain(element.text()));
            }
        }
        return new RelayConfig(trusted, certificates, Set.copyOf(domains),
            VerifyConfig.read(relay.childOrEmpty("verification"), verified));
    }

    @Override public Optional<String> rule(RelayClient client, String domain) {
        if (!client.user().isEmpty()) {
            return Optional.of("auth " + client.user());
        }
        if (certificates.contains(client.certificate())) {
            return Optional.of("certificate " + client.certificate());
        }
        for (var network : trusted) {
            if (network.contains(client.address())) {
                return Optional.of("trust " + network);
            }
        }
        return isRelayDomain(domain) ? Optional.of("relay-domain " + plain(domain)) : Optional.empty();
    }

    @Override public boolean isTrusted(String address) {
        for (var network : trusted) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }

    @Override public boolean isRelayDomain(String domain) {
        return relayDomains.contains(plain(domain));
    }

    /** Whether its recipients are verified with the far side. */
    public boolean isVerified(String domain) {
        return verify.domains().contains(plain(domain));
    }

    /**
     * Reads a fingerprint, as {@code openssl x509 -fingerprint -sha256} writes it too: upper case, with colons.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static String fingerprint(String text) {
        var lower = text.toLowerCase(Locale.ROOT);
        var digits = (lower.startsWith("sha256:") ? lower.substring(7) : lower).replace(":", "");
        if (!FINGERPRINT.matcher("sha256:" + digits).matches()) {
            throw new IllegalArgumentException("expected sha256: and the 64 hexadecimal digits of the certificate's"
                + " fingerprint");
        }
        return "sha256:" + digits;
    }

    private static String domain(String text) {
        if (!text.matches("(?i)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\\.?")) {
            throw new IllegalArgumentException("expected a domain such as example.org, without wildcard");
        }
        return text;
    }

    private static String plain(String domain) {
        var lower = domain.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
