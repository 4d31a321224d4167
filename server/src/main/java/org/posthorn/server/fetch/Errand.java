package org.posthorn.server.fetch;

import java.util.List;
import java.util.Optional;
import org.posthorn.mailets.port.HostPort;

/**
 * What is to be asked, and of whom.
 *
 * @param server who keeps the mail
 * @param way by which command
 * @param names for ETRN nodes, at least one; for ATRN domains, or none for all that the user has
 * @param line how it is reached
 * @param login as whom; empty to ask as a stranger
 */
public record Errand(HostPort server, Way way, List<String> names, Line line, Optional<Login> login) {

    /** Copies the list. */
    public Errand {
        names = List.copyOf(names);
    }

    /** By which command. */
    public enum Way {
        /** The mail comes over the same connection. */
        ATRN,
        /** The server sends the mail where its routes lead. */
        ETRN
    }

    /**
     * How a server is reached.
     *
     * @param anyCertificate whether its certificate need not be good
     */
    public record Line(Security security, boolean anyCertificate) {

        /** Whether its certificate is looked at. */
        boolean isChecked() {
            return security.isCertain() && !anyCertificate;
        }
    }

    /** A name and its password. */
    public record Login(String user, String password) {

        /** The password is not for logs. */
        @Override public String toString() {
            return user;
        }
    }
}
