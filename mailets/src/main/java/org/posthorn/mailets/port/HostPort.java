package org.posthorn.mailets.port;

import java.util.Locale;

/**
 * A host and its port, as flags, files and mailets write them: {@code relay.example:25}, {@code 127.0.0.1:5353},
 * {@code [::1]:25}.
 *
 * @param host a name or the text of an address, lower case, without brackets
 * @param port 1 to 65535
 */
public record HostPort(String host, int port) {

    private static final String NOT_IN_NAMES = "[]()<>@,;\\\"";
    private static final int HIGHEST_PORT = 65_535;

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException with what was expected
     */
    public static HostPort parse(String text) {
        var colon = text.lastIndexOf(':');
        var host = colon > 0 ? text.substring(0, colon).toLowerCase(Locale.ROOT) : "";
        var inBrackets = host.startsWith("[") && host.endsWith("]");
        var bare = inBrackets ? host.substring(1, host.length() - 1) : host;
        if (bare.isEmpty() || bare.indexOf(':') >= 0 && !inBrackets || !isName(bare)) {
            throw new IllegalArgumentException("expected HOST:PORT, such as mail.example.org:2424 or [::1]:2424");
        }
        return new HostPort(inBrackets && bare.startsWith("ipv6:") ? bare.substring(5) : bare,
            port(text.substring(colon + 1)));
    }

    /** Whether a text can be a host's name or address, as far as its characters tell. */
    public static boolean isName(String text) {
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c <= ' ' || c >= 127 || NOT_IN_NAMES.indexOf(c) >= 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static int port(String digits) {
        var port = digits.matches("[0-9]{1,5}") ? Integer.parseInt(digits) : 0;
        if (port < 1 || port > HIGHEST_PORT) {
            throw new IllegalArgumentException("expected a port from 1 to 65535 after the colon");
        }
        return port;
    }

    @Override public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
