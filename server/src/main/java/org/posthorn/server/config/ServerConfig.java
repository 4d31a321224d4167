package org.posthorn.server.config;

import java.time.Duration;

/**
 * Who this server is: conf/server.xml.
 *
 * @param hostname the name in the greeting, in Received and in reports; A-labels
 * @param shutdownGrace how long a stop waits for what is in flight; 30 s by default, the patience of most service
 * managers
 * @param archiveAfter how long after its start a server that has no class archive makes one, zero for never; 1 minute
 * by default, when those that only try something are gone
 */
public record ServerConfig(String hostname, Duration shutdownGrace, Duration archiveAfter) {

    /** Reads the element {@code <server>}. */
    public static ServerConfig read(Section server) {
        return new ServerConfig(hostname(server), server.duration("shutdown-grace", Duration.ofSeconds(30)),
            server.duration("class-archive-after", Duration.ofMinutes(1)));
    }

    private static String hostname(Section server) {
        var name = server.required("hostname");
        if (name.matches("(?!-)[A-Za-z0-9-]{1,63}(\\.(?!-)[A-Za-z0-9-]{1,63})*") && name.length() <= 255) {
            return name;
        }
        if (!name.isEmpty()) {
            server.problem("hostname: expected a domain name such as mail.example.org, found '" + name + "'");
        }
        return "localhost";   // stands in while the other files are read: all that is wrong is told at once
    }
}
