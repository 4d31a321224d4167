package org.posthorn.server.delivery.remote;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.StringTokenizer;
import org.posthorn.mailets.port.HostPort;
import org.posthorn.protocols.client.Credentials;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.server.config.SecretFile;
import org.posthorn.server.config.Section;

/**
 * Reads {@code <route>}, {@code <smart-host>} and {@code <fallback-relay>}. Mistakes become problems of their elements.
 *
 * @param home to which password files are relative
 * @param usual what is done about TLS where nothing is written
 */
record RouteReader(Path home, TlsMode usual) {

    private static final String PASSWORD = "data/relay.password";
    private static final String EVERY = "*";
    private static final int SUBMISSIONS = 465;     // RFC 8314 section 7.3: TLS from the first octet
    private static final String SUBMISSIONS_SERVICE = "_submissions.";

    Routes read(Section delivery) {
        var table = new HashMap<Routes.Key, List<Relay>>();
        for (var route : delivery.children("route")) {
            var key = new Routes.Key(route.value("domain", "", RouteReader::recipients),
                route.value("from", "", RouteReader::sender));
            var relays = relays(route);
            if (route.string("domain", "").equals(EVERY) && route.string("from", "").isEmpty()) {
                route.problem("a route for all mail is a <smart-host>");
            } else if (!relays.isEmpty() && table.put(key, relays) != null) {
                route.problem("there is a second <route> for " + words(key) + "; keep one, with all its hosts");
            }
        }
        var routes = new Routes(table, hosts(delivery, "smart-host"), hosts(delivery, "fallback-relay"));
        table.keySet().stream().filter(key -> !key.from().isEmpty()).forEach(key -> {
            // Without its sender's route: which agent takes a recipient is settled before anybody asks who sent it.
            if (routes.of(key.domain(), Optional.empty()).filter(RouteReader::isStore).isPresent()) {
                delivery.problem("<route>: mail for " + key.domain() + " goes to a mail store, whoever sends it");
            }
        });
        return routes;
    }

    private static String words(Routes.Key key) {
        return (key.domain().isEmpty() ? EVERY : key.domain())
            + (key.from().isEmpty() ? "" : " from " + key.from());
    }

    private static boolean isStore(List<Relay> relays) {
        return relays.getFirst().hop() instanceof NextHop.Store;
    }

    private List<Relay> relays(Section route) {
        var relays = new ArrayList<Relay>();
        var how = how(route);
        for (var words = new StringTokenizer(route.required("to")); words.hasMoreTokens(); ) {
            var to = words.nextToken();
            route.value("to", Optional.<NextHop>empty(), _ -> Optional.of(NextHop.parse(to)))
                .ifPresent(hop -> relays.add(new Relay(hop, how.at(to), !hop.toString().equals(
                    route.string("domain", "").toLowerCase(Locale.ROOT)))));
        }
        if (relays.stream().anyMatch(relay -> relay.hop() instanceof NextHop.Store)
                && (relays.size() > 1 || how.login().isPresent() || route.attributes().containsKey("from"))) {
            route.problem("a mail store is one, for a domain= alone, and without a login");
        }
        if (how.login().isPresent() && relays.stream().anyMatch(relay -> relay.hop() instanceof NextHop.Domain)) {
            // Whoever can forge its MX records has a good certificate for another name.
            route.problem("a password goes to a HOST:PORT, a [HOST] or a service, not to whom a domain's MX records"
                + " name");
        }
        return relays;
    }

    private List<Relay> hosts(Section delivery, String name) {
        var hosts = new ArrayList<Relay>();
        for (var element : delivery.children(name)) {
            try {
                hosts.add(new Relay(NextHop.host(element.text()), how(element).at(element.text()), true));
            } catch (IllegalArgumentException e) {
                element.problem(name + ": " + e.getMessage() + ", found '" + element.text() + "'");
            }
        }
        return hosts;
    }

    /**
     * How the hosts of an element are spoken to.
     *
     * @param usual where nothing is written and the host's port says nothing
     */
    private record How(Optional<Security> written, Security usual, boolean anyCertificate, Optional<Login> login) {

        Access at(String to) {
            return new Access(written.orElse(isSubmissions(to) ? Security.IMPLICIT : usual), anyCertificate, login);
        }
    }

    private How how(Section section) {
        var user = section.string("user", "");
        var implied = user.isEmpty() ? Security.of(usual) : Security.REQUIRED;
        var security = section.choice("tls", implied);
        var inClear = section.flag("clear-password", false);
        var how = section.choice("mechanism", Credentials.How.ANY);
        var file = section.string("password-file", PASSWORD);
        if (user.isEmpty() && (!file.equals(PASSWORD) || how != Credentials.How.ANY || inClear)) {
            section.problem("a login needs a user");
        } else if (!user.isEmpty() && !security.isCertain() && !inClear) {
            section.problem("user needs tls=\"required\" or \"implicit\": the password is not sent in the clear, unless"
                + " clear-password=\"true\" says so");
        }
        var written = section.attributes().containsKey("tls") ? Optional.of(security) : Optional.<Security>empty();
        return new How(written, implied, section.flag("any-certificate", false), user.isEmpty() ? Optional.empty()
            : Optional.of(new Login(user, new SecretFile(home.resolve(file)), how, inClear)));
    }

    /** Whether that is reached by TLS from the first octet, by its port or its service. */
    static boolean isSubmissions(String to) {
        return to.endsWith(":" + SUBMISSIONS) || to.toLowerCase(Locale.ROOT).startsWith(SUBMISSIONS_SERVICE);
    }

    private static String recipients(String text) {
        return text.equals(EVERY) ? "" : domain(text);
    }

    private static String domain(String text) {
        var name = text.startsWith(".") ? text.substring(1) : text;
        if (!HostPort.isName(name) || name.indexOf(':') >= 0) {
            throw new IllegalArgumentException("expected a domain, .DOMAIN for all below it, or * for all");
        }
        return text.toLowerCase(Locale.ROOT);
    }

    private static String sender(String text) {
        if (text.equals("<>")) {
            return text;
        }
        var at = text.lastIndexOf('@');
        if (at == 0 || at == text.length() - 1) {
            throw new IllegalArgumentException("expected an address, a domain, .DOMAIN, or <> for reports");
        }
        return text.substring(0, at + 1).toLowerCase(Locale.ROOT) + domain(text.substring(at + 1));
    }
}
