package org.posthorn.server.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code init} was asked to make.
 *
 * @param hostname the server's name
 * @param spf what follows from SPF
 * @param maxSize the largest message, in octets; empty for the default
 */
record HomePlan(String hostname, Residents residents, Network network, Outbound outbound, SpfPolicy spf,
                Store store, Optional<Long> maxSize) {

    /** What follows from SPF. */
    enum SpfPolicy {
        /** A sender that may not send from there is refused at RCPT. */
        REJECT,
        /** The result is written into the header, and the mail taken. */
        TAG,
        /** Nobody is asked. */
        OFF
    }

    /**
     * Whose mail is kept.
     *
     * @param domainAliases alias to domain
     * @param users each {@code NAME@D[:PASSWORD]}
     * @param usersFile more of them, one a line
     * @param aliases each {@code FROM=TO}
     */
    record Residents(List<String> domains, Map<String, String> domainAliases, List<String> users,
                     Optional<Path> usersFile, List<String> aliases) {
    }

    /**
     * Where it listens, whom it asks, whom it believes.
     *
     * @param bind the address of the SMTP listeners
     * @param ports by the listener's name
     * @param resolvers each {@code ADDR:PORT}
     */
    record Network(String bind, Map<String, Integer> ports, List<String> resolvers, Believed believed) {
    }

    /**
     * Networks whose hosts may do more than strangers; each a CIDR.
     *
     * @param trusted may relay
     * @param proxies pass clients on by the PROXY protocol
     * @param xclients may say XCLIENT
     */
    record Believed(List<String> trusted, List<String> proxies, List<String> xclients) {
    }

    /**
     * Where mail for elsewhere goes.
     *
     * @param smartHost {@code HOST:PORT}
     * @param relayDomains domain to {@code HOST:PORT} or a mail store as above
     */
    record Outbound(Optional<String> smartHost, Map<String, String> relayDomains) {
    }

    /**
     * Where users have their mail.
     *
     * @param how {@code maildir}, {@code lmtp:HOST:PORT} or {@code lmtp:unix:PATH}
     * @param dovecotPasswd whether Dovecot is told of users and passwords
     */
    record Store(String how, boolean dovecotPasswd) {

        /** In Maildirs of ours. */
        static final Store MAILDIR = new Store("maildir", false);
    }
}
