package org.posthorn.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.users.Directory;
import org.posthorn.server.users.Names;

/** {@code /api/domains}, {@code /api/users} and {@code /api/aliases}. Thread-safe. */
public final class DirectoryApi {

    private static final EventLog LOG = EventLog.of(DirectoryApi.class);

    private final Directory directory;

    /** Makes it. */
    @Inject public DirectoryApi(Directory directory) {
        this.directory = directory;
    }

    /** Does what is asked for, also without a server around it. Never throws but for what no one expects. */
    public static Answer answer(Directory directory, Request request) {
        return Api.answer(request, () -> new DirectoryApi(directory).answer(request));
    }

    Answer answer(Request request) {
        return switch (request.method() + " " + String.join("/", request.segments())) {
            case "GET domains" -> {
                request.allow();
                yield listDomains();
            }
            case "POST domains" -> addDomain(Names.domain(request.allow("domain").required("domain")));
            case "DELETE domains" -> removeDomain(Names.domain(request.allow("domain").required("domain")));
            case "GET users" -> listUsers(request.allow("domain"));
            case "POST users" -> addUser(request.allow("user", "password"));
            case "PUT users/password" -> changePassword(request.allow("user", "password"));
            case "DELETE users" -> removeUser(request.allow("user"));
            case "GET aliases" -> listAliases(request.allow("domain"));
            case "POST aliases" -> addAlias(request.allow("from", "to"));
            case "DELETE aliases" -> removeAlias(request.allow("from", "to"));
            default -> throw new RequestException(request.segments().size() > 1 ? 404 : 405,
                request + " is not possible here; /api/domains, /api/users and /api/aliases take GET, POST and DELETE, "
                + "/api/users/password takes PUT");
        };
    }

    private Answer listDomains() {
        var domains = directory.domains();
        return list("domains", domains.stream(), domains.stream().map(name -> Answer.object().put("domain", name)));
    }

    private Answer addDomain(String name) {
        directory.addDomain(name);
        return done("added domain", name, "domain", name);
    }

    private Answer removeDomain(String name) {
        directory.removeDomain(name);
        return done("removed domain", name, "domain", name);
    }

    private Answer listUsers(Request request) {
        var users = directory.users().stream().filter(user -> in(request, user.domain())).toList();
        return list("users", users.stream().map(Object::toString),
            users.stream().map(user -> Answer.object().put("user", user.toString())));
    }

    private Answer addUser(Request request) {
        var user = Names.folded(Names.mailbox(request.required("user")));
        var password = Optional.ofNullable(request.values().get("password"));
        directory.addUser(user, password);
        return done("added user", user + (password.isPresent() ? "" : " (without a password: nobody can log in)"),
            "user", user.toString());
    }

    private Answer changePassword(Request request) {
        var user = Names.folded(Names.mailbox(request.required("user")));
        directory.changePassword(user, request.required("password"));
        return done("changed the password of", user.toString(), "user", user.toString());
    }

    private Answer removeUser(Request request) {
        var user = Names.folded(Names.mailbox(request.required("user")));
        directory.removeUser(user);
        return done("removed user", user + " (the mail stays where it is)", "user",
            user.toString());
    }

    private Answer listAliases(Request request) {
        var aliases = directory.aliases().stream().filter(alias -> in(request, alias.from().domain())).toList();
        return list("aliases", aliases.stream().map(alias -> alias.from() + "=" + alias.to()),
            aliases.stream().map(alias -> Answer.object().put("from", alias.from().toString())
                .put("to", alias.to().toString())));
    }

    private Answer addAlias(Request request) {
        var from = Names.folded(Names.mailbox(request.required("from")));
        var to = Names.mailbox(request.required("to"));
        directory.addAlias(from, to);
        LOG.info("alias-added", "from", from, "to", to);
        return Answer.done("added alias " + from + "=" + to,
            Answer.object().put("done", "added alias").put("from", from.toString()).put("to", to.toString()));
    }

    private Answer removeAlias(Request request) {
        var from = Names.folded(Names.mailbox(request.required("from")));
        var to = Names.mailbox(request.required("to"));
        directory.removeAlias(from, to);
        LOG.info("alias-removed", "from", from, "to", to);
        return Answer.done("removed alias " + from + "=" + to,
            Answer.object().put("done", "removed alias").put("from", from.toString()).put("to", to.toString()));
    }

    private static boolean in(Request request, String domain) {
        return request.optional("domain").map(Names::domain).map(domain::equals).orElse(true);
    }

    private static Answer done(String what, String whom, String key, String name) {
        LOG.info("directory-changed", "what", what, key, name);
        return Answer.done(what + " " + whom, Answer.object().put("done", what).put(key, name));
    }

    private static Answer list(String key, Stream<String> lines, Stream<? extends JsonNode> entries) {
        var json = Answer.object();
        List<JsonNode> all = entries.collect(Collectors.toList());
        json.putArray(key).addAll(all);
        return new Answer(200, lines.map(line -> Answer.clean(line) + "\n").collect(Collectors.joining()), json);
    }
}
