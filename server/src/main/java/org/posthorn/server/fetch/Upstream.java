package org.posthorn.server.fetch;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.posthorn.mailets.port.HostPort;
import org.posthorn.protocols.atrn.AtrnCommand;
import org.posthorn.protocols.etrn.EtrnCommand;
import org.posthorn.server.config.SecretFile;
import org.posthorn.server.config.Section;

/**
 * A server that keeps mail for this site, and when it is asked.
 *
 * @param name in logs
 * @param names as {@link Errand} has them
 * @param user empty to ask as a stranger
 * @param password the file with the password; read each time
 * @param every between the end of one errand and the next; zero for never
 * @param atStart whether it is asked when this server has started
 */
public record Upstream(String name, HostPort server, Errand.Way way, List<String> names, Errand.Line line,
                       String user, SecretFile password, Duration every, boolean atStart) {

    private static final HostPort NOWHERE = new HostPort("localhost", 1);

    /** Copies the list. */
    public Upstream {
        names = List.copyOf(names);
    }

    /** Reads {@code <atrn>} or {@code <etrn>}. */
    static Upstream read(Section section, Errand.Way way, Path home) {
        var names = switch (way) {
            case ATRN -> section.values("domain", Upstream::domain);
            case ETRN -> section.values("node", Upstream::node);
        };
        var user = section.string("user", "");
        var security = section.choice("tls", switch (way) {
            case ATRN -> Security.STARTTLS;
            case ETRN -> Security.OPPORTUNISTIC;
        });
        if (!user.isEmpty() && security == Security.NONE) {
            section.problem("user needs TLS: the password is not sent in the clear");
        }
        return new Upstream(section.value("id", "unnamed", Upstream::id),
            section.value("server", NOWHERE, HostPort::parse), way, names,
            new Errand.Line(user.isEmpty() || security.isCertain() ? security : Security.STARTTLS,
                section.flag("any-certificate", false)),
            user,
            new SecretFile(home.resolve(section.string("password-file", "data/upstream.password"))),
            section.duration("every", Duration.ofMinutes(15)),
            section.flag("at-start", true));
    }

    private static String id(String text) {
        if (!text.matches("[a-z][a-z0-9-]{0,30}")) {
            throw new IllegalArgumentException("expected a short name in lower case, such as provider");
        }
        return text;
    }

    private static String domain(String text) {
        if (AtrnCommand.parse(text) instanceof AtrnCommand.Turn(var domains) && domains.size() == 1) {
            return text;
        }
        throw new IllegalArgumentException("expected a domain such as branch.example");
    }

    private static String node(String text) {
        if (EtrnCommand.parse(text) instanceof EtrnCommand.Start) {
            return text;
        }
        throw new IllegalArgumentException("expected a domain, @domain or #queue");
    }

    /**
     * What is to be asked now.
     *
     * @throws IOException when the password cannot be read; says why
     */
    Errand errand() throws IOException {
        return new Errand(server, way, names, line, user.isEmpty() ? Optional.empty()
            : Optional.of(new Errand.Login(user, password.read())));
    }
}
