package org.posthorn.server.dns;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * Looks names up. CNAMEs are followed, up to a bound. Names are given without a trailing dot, as A-labels; they
 * may hold any printable ASCII character (RFC 2181 section 11). A name that is no name gets {@code None}. Every
 * question has a deadline. Thread-safe.
 */
public interface Dns {

    /** Mail exchangers, as they came: not sorted, the null MX included. */
    DnsAnswer<MxRecord> mx(String domain);

    /**
     * Hosts of a service (RFC 2782), as they came: not sorted.
     *
     * @param service such as {@code _submission._tcp.example.org}
     */
    DnsAnswer<SrvRecord> srv(String service);

    /** IPv4 and IPv6 addresses. Temporary only if a family failed and the other found nothing. */
    DnsAnswer<InetAddress> addresses(String host);

    /** Addresses of one family only. */
    DnsAnswer<InetAddress> addresses(String host, Family family);

    /** Text records, each with its strings joined, octets as Latin-1. */
    DnsAnswer<String> txt(String name);

    /** The names of an address. */
    DnsAnswer<String> ptr(InetAddress address);

    /** A kind of address, and the record that holds it. */
    enum Family {

        /** A records. */
        IPV4,
        /** AAAA records. */
        IPV6;

        /** The family of an address. */
        public static Family of(InetAddress address) {
            return address instanceof Inet4Address ? IPV4 : IPV6;
        }
    }

    /**
     * One MX record.
     *
     * @param preference 0 to 65535; lower is tried first
     * @param host lower case, no trailing dot; empty for the null MX (RFC 7505)
     */
    record MxRecord(int preference, String host) {
    }

    /**
     * One SRV record.
     *
     * @param priority 0 to 65535; lower is tried first
     * @param weight 0 to 65535; among equal priorities, how often the host comes first
     * @param host lower case, no trailing dot; empty where the service is not available
     */
    record SrvRecord(int priority, int weight, int port, String host) {
    }
}
