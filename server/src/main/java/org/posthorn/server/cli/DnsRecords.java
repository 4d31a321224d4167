package org.posthorn.server.cli;

import java.util.List;
import org.posthorn.protocols.address.DomainName;

/**
 * The DNS records that a new server needs, in zone file form.
 *
 * @param hostname the server's name
 * @param domains the domains it hosts
 */
record DnsRecords(String hostname, List<String> domains) {

    /** U-labels become A-labels: DNS knows no others. */
    DnsRecords {
        hostname = ascii(hostname);
        domains = domains.stream().map(DnsRecords::ascii).toList();
    }

    String text() {
        var text = new StringBuilder("DNS records to publish (put this host's public address for ADDRESS):\n\n");
        line(text, hostname, "A", "ADDRESS");
        for (var domain : domains) {
            line(text, domain, "MX", "10 " + hostname + ".");
            line(text, domain, "TXT", "\"v=spf1 mx -all\"");
            line(text, "_dmarc." + domain, "TXT", "\"v=DMARC1; p=none; rua=mailto:postmaster@" + domain + "\"");
        }
        return text.append("\nand ask your provider for the reverse name of ADDRESS: ").append(hostname).append(".\n")
            .toString();
    }

    private static String ascii(String name) {
        return DomainName.parse(name, true).toOptional().orElse(name);
    }

    private static void line(StringBuilder text, String name, String type, String value) {
        text.append(String.format("%-32s IN %-4s %s%n", name + ".", type, value));
    }
}
