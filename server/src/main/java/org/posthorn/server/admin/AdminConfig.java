package org.posthorn.server.admin;

import java.net.InetAddress;
import java.nio.file.Path;
import org.posthorn.server.config.Section;

/**
 * What conf/admin.xml says, and where the token lies.
 *
 * @param bind a loopback address
 * @param port 0 for any that is free
 * @param data the directory that gets {@code admin.token} and {@code admin.address}
 */
public record AdminConfig(InetAddress bind, int port, Path data) {

    private static final int DEFAULT_PORT = 2080;
    private static final long MOST_OCTETS = 64 << 10;   // of a request's body; the largest is a password

    /** Refuses what others could reach: the token goes over the wire in clear. */
    public AdminConfig {
        if (!bind.isLoopbackAddress()) {
            throw new IllegalArgumentException("expected a loopback address, such as 127.0.0.1 or ::1");
        }
    }

    /** What holds without a file. */
    public static AdminConfig defaults(Path data) {
        return new AdminConfig(InetAddress.ofLiteral("127.0.0.1"), DEFAULT_PORT, data);
    }

    /** Reads the root element {@code <admin>}. */
    public static AdminConfig read(Section admin, Path data) {
        var bind = admin.value("bind", InetAddress.ofLiteral("127.0.0.1"), AdminConfig::loopback);
        return new AdminConfig(bind, admin.integer("port", DEFAULT_PORT, 0, 65_535), data);
    }

    /** The most octets of a request's body. */
    long mostOctets() {
        return MOST_OCTETS;
    }

    private static InetAddress loopback(String written) {
        var address = InetAddress.ofLiteral(written);
        if (!address.isLoopbackAddress()) {
            throw new IllegalArgumentException("expected a loopback address, such as 127.0.0.1 or ::1; to reach it "
                + "from elsewhere, use an SSH tunnel");
        }
        return address;
    }
}
