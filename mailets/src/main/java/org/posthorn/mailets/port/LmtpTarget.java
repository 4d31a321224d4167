package org.posthorn.mailets.port;

/**
 * A mail store that is reached by LMTP: {@code store.example.org:2424}, or {@code unix:/run/dovecot/lmtp}.
 *
 * <p>There is no usual port, so one must be named, and never 25, where SMTP is expected (RFC 2033 section 5).
 */
public sealed interface LmtpTarget {

    /** What stands before the path of a socket. */
    String UNIX = "unix:";

    /** The host, as reports to senders may show it: a path of ours is nobody else's business. */
    String host();

    /** A host and port; no MX lookup. */
    record Tcp(HostPort address) implements LmtpTarget {
        @Override public String host() {
            return address.toString();
        }

        @Override public String toString() {
            return address.toString();
        }
    }

    /**
     * A socket of this host.
     *
     * @param path absolute
     */
    record UnixSocket(String path) implements LmtpTarget {
        @Override public String host() {
            return "localhost";
        }

        @Override public String toString() {
            return UNIX + path;
        }
    }

    /**
     * Reads a target.
     *
     * @throws IllegalArgumentException with what was expected
     */
    static LmtpTarget parse(String text) {
        if (text.startsWith(UNIX)) {
            var path = text.substring(UNIX.length());
            if (!path.startsWith("/") || path.endsWith("/") || path.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("expected the absolute path of a socket, such as"
                    + " unix:/run/dovecot/lmtp");
            }
            return new UnixSocket(path);
        }
        if (text.indexOf(':') < 0) {
            throw new IllegalArgumentException("expected HOST:PORT or unix:PATH; LMTP has no usual port");
        }
        var address = HostPort.parse(text);
        if (address.port() == 25) {
            throw new IllegalArgumentException("LMTP must not use port 25, where SMTP is expected (RFC 2033 section 5);"
                + " choose another, such as 2424");
        }
        return new Tcp(address);
    }
}
