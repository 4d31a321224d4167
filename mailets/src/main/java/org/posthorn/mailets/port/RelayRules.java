package org.posthorn.mailets.port;

/** For whom, besides authenticated users, this server passes mail on. */
public interface RelayRules {

    /**
     * Whether every mail from this address is passed on.
     *
     * @param address an IPv4 or IPv6 address; whatever else is trusted by nobody
     */
    boolean isTrusted(String address);

    /** Whether we pass on everyone's mail to this domain. */
    boolean isRelayDomain(String domain);
}
