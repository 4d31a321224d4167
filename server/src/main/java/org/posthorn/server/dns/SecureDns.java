package org.posthorn.server.dns;

import org.posthorn.server.dns.Dns.MxRecord;

/**
 * What DANE asks the DNS (RFC 7672): the same lookups, with DNSSEC's word on each answer. Only what is secure in the
 * sense of RFC 4035 section 4.3 counts; what is bogus, or failed, is {@link DnsAnswer.Temporary} and never "none".
 * Where DNSSEC is off everything is insecure. Thread-safe.
 */
public interface SecureDns {

    /** Whether DNSSEC is asked for its word at all; where not, nobody need ask. */
    boolean isOn();

    /** The mail exchangers, if they and the way to them are secure; else {@code None}. */
    DnsAnswer<MxRecord> secureMx(String domain);

    /**
     * The names below which a host's TLSA records are looked for; the first with records counts: the end of its CNAMEs
     * where the whole way is secure, then its own name (RFC 7672 section 2.2.2). {@code None} where its addresses are
     * not secure, nor the CNAME that it is.
     */
    DnsAnswer<String> tlsaBases(String host);

    /** TLSA records, if they are secure; else {@code None}. */
    DnsAnswer<Tlsa> tlsa(String base, int port);

    /**
     * A TLSA record (RFC 6698 section 2.1).
     *
     * @param usage 0 to 255: 2 is DANE-TA, 3 is DANE-EE
     * @param selector 0 the certificate, 1 its public key
     * @param matching 0 the octets themselves, 1 SHA-256, 2 SHA-512
     * @param data in hexadecimal digits, lower case
     */
    record Tlsa(int usage, int selector, int matching, String data) {
        @Override public String toString() {
            return usage + " " + selector + " " + matching + " " + data;
        }
    }
}
