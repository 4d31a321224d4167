package org.posthorn.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.posthorn.mailets.port.HostPort;
import org.posthorn.mailets.port.LmtpTarget;
import org.posthorn.server.app.ConfigFiles;
import org.posthorn.server.app.Home;
import org.posthorn.server.app.Server;
import org.posthorn.server.delivery.remote.NextHop;
import org.posthorn.server.listen.SelfSignedCertificate;
import org.posthorn.server.users.Names;
import org.posthorn.server.users.NewUser;

/**
 * Makes a home: configuration, keys, database with domains, users and aliases.
 *
 * <p>All of it is made under another name beside the home, which it gets when everything has succeeded: a failed
 * {@code init} leaves nothing behind, and an existing home is never touched.
 */
final class HomeMaker {

    private static final Set<String> PORT_NAMES = Set.of("smtp", "submission", "submissions", "lmtp", "admin");
    private static final Set<String> BOUND = Set.of("smtp", "submission", "submissions");

    private final InstantSource clock;

    HomeMaker(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Makes the home.
     *
     * @throws FileAlreadyExistsException when something is there already
     * @throws IllegalArgumentException when the plan cannot be; the message says what was expected
     */
    void make(Home home, HomePlan plan) throws IOException {
        if (Files.exists(home.directory())) {
            throw new FileAlreadyExistsException(home.directory()
                + " exists already and is left as it is; choose a directory that does not exist yet");
        }
        var parent = home.directory().getParent();
        Files.createDirectories(parent);
        var made = new Home(Files.createTempDirectory(parent, "." + home.directory().getFileName() + "-"));
        try {
            for (var directory : List.of(made.conf(), made.data(), made.mail(), made.lib(), made.log(), made.tls())) {
                Files.createDirectory(directory);
            }
            writeConfiguration(made, plan);
            SelfSignedCertificate.write(made.tls(), plan.hostname(), clock.instant());
            Server.assemble(made);   // throws with all that is wrong
            settle(made, plan.residents());
            Files.move(made.directory(), home.directory());
        } catch (IOException | RuntimeException e) {
            delete(made.directory());
            throw e;
        }
    }

    private static void writeConfiguration(Home home, HomePlan plan) throws IOException {
        for (var name : ConfigFiles.NAMES) {
            var text = new ConfTemplate(template(name));
            switch (name) {
                case "srs.xml" -> text.element("domain", Names.domain(plan.residents().domains().getFirst()));
                case "server.xml" -> text.element("hostname", plan.hostname());
                case "listeners.xml" -> listeners(text, plan);
                case "admin.xml" -> Optional.ofNullable(plan.network().ports().get("admin"))
                    .ifPresent(port -> text.element("port", String.valueOf(port)));
                case "dns.xml" -> plan.network().resolvers()
                    .forEach(resolver -> text.append(element("resolver", hostPort("--dns", resolver))));
                case "relay.xml" -> relay(text, plan);
                case "processors.xml" -> {
                    spf(text, plan.spf());
                    store(text, plan.store().how());
                }
                case "delivery.xml" -> delivery(text, plan.outbound());
                case "users.xml" -> {
                    if (plan.store().dovecotPasswd()) {
                        text.uncomment("<dovecot-passwd ");
                    }
                }
                default -> { }   // as it is
            }
            Files.writeString(home.conf().resolve(name), text.toString());
        }
        for (var schema : ConfigFiles.SCHEMAS) {
            Files.writeString(home.conf().resolve(schema), template(schema));
        }
    }

    private static void listeners(ConfTemplate text, HomePlan plan) {
        for (var name : BOUND) {
            text.attribute("listener", name, "bind", plan.network().bind());
        }
        for (var port : plan.network().ports().entrySet()) {
            if (!PORT_NAMES.contains(port.getKey())) {
                throw new IllegalArgumentException("--port: expected one of " + PORT_NAMES.stream().sorted().toList()
                    + ", found '" + port.getKey() + "'");
            }
            if (!port.getKey().equals("admin")) {
                text.attribute("listener", port.getKey(), "port", String.valueOf(port.getValue()));
            }
        }
        plan.network().believed().proxies().forEach(cidr -> text.append(element("proxy-from", cidr)));
        plan.network().believed().xclients().forEach(cidr -> text.append(element("xclient-from", cidr)));
        plan.maxSize().ifPresent(octets -> text.element("max-size", String.valueOf(octets)));
    }

    private static void relay(ConfTemplate text, HomePlan plan) {
        plan.network().believed().trusted().forEach(cidr -> text.append(element("trust", cidr)));
        plan.outbound().relayDomains().keySet().stream().sorted()
            .forEach(domain -> text.append(element("relay-domain", domain)));
    }

    /** The default file tags; the step that refuses stands there as a comment, and becomes one or goes. */
    static void spf(ConfTemplate text, HomePlan.SpfPolicy policy) {
        switch (policy) {
            case TAG -> { }
            case REJECT -> text.uncomment("SpfIs=fail");
            case OFF -> text.comment("<mailet match=\"All\" class=\"SPF\"/>");
        }
    }

    private static void delivery(ConfTemplate text, HomePlan.Outbound outbound) {
        outbound.smartHost().ifPresent(host -> text.append(element("smart-host", hostPort("--smart-host", host))));
        outbound.relayDomains().entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(relay ->
            text.append("<route domain=\"" + ConfTemplate.escaped(relay.getKey()) + "\" to=\""
                + ConfTemplate.escaped(relay.getValue().startsWith(NextHop.LMTP)
                    ? NextHop.LMTP + target("--relay-domain", relay.getValue())
                    : hostPort("--relay-domain", relay.getValue())) + "\"/>"));
    }

    private static void store(ConfTemplate text, String store) {
        if (store.equals(HomePlan.Store.MAILDIR.how())) {
            return;
        }
        if (!store.startsWith(NextHop.LMTP)) {
            throw new IllegalArgumentException("--local: expected maildir, lmtp:HOST:PORT or lmtp:unix:PATH, found '"
                + store + "'");
        }
        text.instead("""
                <!-- Users of ours: into their mailbox. -->
                <mailet match="RecipientIsLocal" class="LocalDelivery"/>
            """, """
                <!-- Users of ours: to the mail store, which keeps their mailboxes. -->
                <mailet match="RecipientIsLocal" class="LmtpDelivery">
                  <to>%s</to>
                </mailet>
            """.formatted(ConfTemplate.escaped(target("--local", store))));
    }

    private static String hostPort(String option, String written) {
        return parsed(option, written, text -> HostPort.parse(text).toString());
    }

    private static String target(String option, String written) {
        return parsed(option, written, text -> LmtpTarget.parse(text.substring(NextHop.LMTP.length())).toString());
    }

    private static String parsed(String option, String written, UnaryOperator<String> parser) {
        try {
            return parser.apply(written);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage() + ", found '" + written + "'", e);
        }
    }

    private static String element(String name, String text) {
        return "<" + name + ">" + ConfTemplate.escaped(text) + "</" + name + ">";
    }

    private static String template(String name) throws IOException {
        try (InputStream in = ConfigFiles.class.getResourceAsStream("/org/posthorn/server/conf/" + name)) {
            if (in == null) {
                throw new IOException("this distribution has no default " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void settle(Home home, HomePlan.Residents residents) {
        var users = new ArrayList<NewUser>();
        residents.users().forEach(written -> users.add(NameAndPassword.of(written).user()));
        residents.usersFile().ifPresent(file -> users.addAll(UsersFile.read(file).users()));
        OfflineDirectory.open(home.directory(), directory -> {
            residents.domains().forEach(directory::addDomain);
            new TreeMap<>(residents.domainAliases()).forEach(directory::addDomainAlias);
            directory.addUsers(users);
            for (var written : residents.aliases()) {
                var alias = FromTo.of(written).orElseThrow(
                    () -> new CommandException("--alias: expected FROM=TO, found '" + written + "'"));
                directory.addAlias(Names.mailbox(alias.from()), Names.mailbox(alias.to()));
            }
            return directory;
        });
    }

    /** Deletes a directory and all that is in it. */
    static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (var file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
