package org.posthorn.server.delivery.tls;

import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;

/**
 * For whom a certificate is (RFC 6125): its DNS names and addresses; its common name only where it has no DNS name
 * (RFC 7672 section 3.2.3). An asterisk stands for the whole leftmost label and nothing else.
 *
 * @param dns in lower case
 * @param addresses in the JDK's form
 */
record CertificateNames(Set<String> dns, Set<String> addresses) {

    private static final int DNS_NAME = 2;      // RFC 5280 section 4.2.1.6, GeneralName
    private static final int ADDRESS = 7;

    static CertificateNames of(X509Certificate certificate) throws CertificateParsingException {
        var dns = new LinkedHashSet<String>();
        var addresses = new LinkedHashSet<String>();
        var alternatives = certificate.getSubjectAlternativeNames();
        for (var name : alternatives == null ? List.<List<?>>of() : alternatives) {
            if (name.getFirst().equals(DNS_NAME)) {
                dns.add(lower(name.get(1)));
            } else if (name.getFirst().equals(ADDRESS)) {
                addresses.add(canonical(lower(name.get(1))));
            }
        }
        if (dns.isEmpty() && addresses.isEmpty()) {
            dns.addAll(commonNames(certificate));
        }
        return new CertificateNames(dns, addresses);
    }

    private static String lower(Object text) {
        return String.valueOf(text).toLowerCase(Locale.ROOT);
    }

    private static String canonical(String address) {
        try {
            return InetAddress.ofLiteral(address).getHostAddress();
        } catch (IllegalArgumentException e) {
            return address;
        }
    }

    private static List<String> commonNames(X509Certificate certificate) {
        try {
            return new LdapName(certificate.getSubjectX500Principal().getName()).getRdns().stream()
                .filter(part -> part.getType().equalsIgnoreCase("CN")).map(part -> lower(part.getValue())).toList();
        } catch (InvalidNameException e) {
            return List.of();
        }
    }

    /** Whether it is for one of these. */
    boolean isForAny(Collection<String> wanted) {
        return wanted.stream().map(CertificateNames::lower).anyMatch(name -> addresses.contains(canonical(name))
            || dns.stream().anyMatch(pattern -> matches(pattern, name)));
    }

    /** Also of MTA-STS patterns, which are written the same way (RFC 8461 section 4.1). */
    static boolean matches(String pattern, String name) {
        if (!pattern.startsWith("*.")) {
            return pattern.equals(name);
        }
        var dot = name.indexOf('.');
        return dot > 0 && name.substring(dot).equals(pattern.substring(1)) && pattern.indexOf('.', 2) > 0;
    }
}
