package org.posthorn.protocols.net;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.regex.Pattern;
import org.posthorn.protocols.net.ProxyHeader.Direct;
import org.posthorn.protocols.net.ProxyHeader.Malformed;
import org.posthorn.protocols.net.ProxyHeader.Relayed;

/** Version 1: {@code PROXY TCP4 192.0.2.1 198.51.100.2 4711 25} and CRLF (section 2.1). */
final class ProxyText {

    /** Octets, CRLF included. */
    private static final int LONGEST = 107;
    private static final Pattern IPV4 = Pattern.compile("(?:(?:0|[1-9][0-9]{0,2})(?:\\.(?!$)|$)){4}");
    private static final Pattern IPV6 = Pattern.compile("(?=.*:)[0-9A-Fa-f:.]{2,45}");
    private static final Pattern PORT = Pattern.compile("0|[1-9][0-9]{0,4}");

    private ProxyText() {
    }

    /** Reads what follows the P. */
    static ProxyHeader read(InputStream in) throws IOException {
        var line = new StringBuilder("P");
        for (var octet = in.read(); octet != '\r'; octet = in.read()) {
            if (octet < 0) {
                return new Malformed("the connection ended within the PROXY line");
            }
            if (octet < ' ' || octet > '~') {
                return new Malformed("octet " + octet + " in the PROXY line");
            }
            line.append((char) octet);
            if (!"PROXY ".startsWith(line.substring(0, Math.min(line.length(), 6)))) {
                return new Malformed("expected a PROXY line");
            }
            if (line.length() > LONGEST - 2) {
                return new Malformed("the PROXY line is longer than " + LONGEST + " octets");
            }
        }
        return in.read() == '\n' ? of(line.toString()) : new Malformed("the PROXY line ends with a bare CR");
    }

    private static ProxyHeader of(String line) {
        if (line.equals("PROXY UNKNOWN") || line.startsWith("PROXY UNKNOWN ")) {
            return new Direct();
        }
        var words = line.split(" ", -1);
        if (words.length != 6 || !words[1].equals("TCP4") && !words[1].equals("TCP6")) {
            return new Malformed("expected PROXY TCP4 or TCP6, two addresses and two ports");
        }
        var ipv6 = words[1].equals("TCP6");
        var source = end(words[2], words[4], ipv6);
        var destination = end(words[3], words[5], ipv6);
        return source.isPresent() && destination.isPresent() ? new Relayed(source.get(), destination.get())
            : new Malformed("an address or a port in the PROXY line is none");
    }

    private static Optional<InetSocketAddress> end(String address, String port, boolean ipv6) {
        if (!(ipv6 ? IPV6 : IPV4).matcher(address).matches() || !PORT.matcher(port).matches()
            || Integer.parseInt(port) > 65_535) {
            return Optional.empty();
        }
        try {
            return Optional.of(new InetSocketAddress(InetAddress.ofLiteral(address), Integer.parseInt(port)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
