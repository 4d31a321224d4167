package org.posthorn.server.dns;

import java.net.InetAddress;

/**
 * Looks names up. CNAMEs are followed, up to a bound. Names are given without a trailing dot, as A-labels; a name
 * that is no name gets {@code None}. Every question has a deadline. Thread-safe.
 */
public interface Dns {

    /** Mail exchangers, as they came: not sorted, the null MX included. */
    DnsAnswer<MxRecord> mx(String domain);

    /** IPv4 and IPv6 addresses. Temporary only if a family failed and the other found nothing. */
    DnsAnswer<InetAddress> addresses(String host);

    /** Text records, each with its strings joined, octets as Latin-1. */
    DnsAnswer<String> txt(String name);

    /** The names of an address. */
    DnsAnswer<String> ptr(InetAddress address);

    /**
     * One MX record.
     *
     * @param preference 0 to 65535; lower is tried first
     * @param host lower case, no trailing dot; empty for the null MX (RFC 7505)
     */
    record MxRecord(int preference, String host) {
    }
}
