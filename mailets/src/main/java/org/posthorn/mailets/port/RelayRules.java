package org.posthorn.mailets.port;

import java.util.Optional;

/** For whom this server passes mail on: the one place that decides, and says by which rule. */
public interface RelayRules {

    /**
     * By which rule we pass this client's mail on to a domain: {@code auth ann@example.org}, {@code certificate
     * sha256:0a1b...}, {@code trust 192.0.2.0/24} or {@code relay-domain example.com}.
     *
     * @return empty when we do not. A domain that is hosted here is no matter of relaying
     */
    Optional<String> rule(RelayClient client, String domain);

    /**
     * Whether every mail from this address is passed on.
     *
     * @param address an IPv4 or IPv6 address; whatever else is trusted by nobody
     */
    boolean isTrusted(String address);

    /** Whether we pass on everyone's mail to this domain. */
    boolean isRelayDomain(String domain);
}
