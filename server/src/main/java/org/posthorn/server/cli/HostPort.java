package org.posthorn.server.cli;

/**
 * A host and its port, as flags write them: {@code relay.example:25}, {@code 127.0.0.1:5353}, {@code [::1]:25}.
 *
 * @param host a name, an IPv4 address, or an IPv6 address in brackets
 * @param port 1 to 65535
 */
record HostPort(String host, int port) {

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException with what was expected
     */
    static HostPort parse(String text) {
        var colon = text.lastIndexOf(':');
        var host = colon > 0 ? text.substring(0, colon) : "";
        var digits = colon > 0 ? text.substring(colon + 1) : "";
        var inBrackets = host.startsWith("[") && host.endsWith("]");
        if (host.isEmpty() || host.indexOf(':') >= 0 && !inBrackets || !digits.matches("[0-9]{1,5}")
            || Integer.parseInt(digits) < 1 || Integer.parseInt(digits) > 65535) {
            throw new IllegalArgumentException("expected HOST:PORT, found '" + text + "'");
        }
        return new HostPort(host, Integer.parseInt(digits));
    }

    @Override public String toString() {
        return host + ":" + port;
    }
}
