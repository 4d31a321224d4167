package org.posthorn.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.posthorn.server.config.Units;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.users.Directory;
import org.posthorn.server.users.Names;
import org.posthorn.server.users.Quota;

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
            case "GET users/quota" -> showQuota(request.allow("user"));
            case "PUT users/quota" -> setQuota(request.allow("user", "octets", "messages"));
            case "DELETE users/quota" -> standardQuota(request.allow("user"));
            case "DELETE users" -> removeUser(request.allow("user"));
            case "GET aliases" -> listAliases(request.allow("domain"));
            case "POST aliases" -> addAlias(request.allow("from", "to"));
            case "DELETE aliases" -> removeAlias(request.allow("from", "to"));
            default -> throw new RequestException(request.segments().size() > 1 ? 404 : 405,
                request + " is not possible here; /api/domains, /api/users and /api/aliases take GET, POST and DELETE, "
                + "/api/users/password takes PUT, /api/users/quota takes GET, PUT and DELETE");
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
        var quotas = directory.quotas();
        return list("users", users.stream().map(user -> user + (quotas.containsKey(user)
            ? " (quota: " + quotas.get(user) + ")" : "")), users.stream().map(user -> {
                var entry = Answer.object().put("user", user.toString());
                Optional.ofNullable(quotas.get(user)).ifPresent(quota -> put(entry.putObject("quota"), quota));
                return entry;
            }));
    }

    private static ObjectNode put(ObjectNode node, Quota quota) {
        if (quota.octets() != Quota.UNLIMITED) {
            node.put("octets", quota.octets());
        }
        if (quota.messages() != Quota.UNLIMITED) {
            node.put("messages", quota.messages());
        }
        return node;
    }

    private Answer showQuota(Request request) {
        var user = Names.folded(Names.mailbox(request.required("user")));
        if (!directory.users().contains(user)) {
            throw new RequestException(404, "there is no user " + user + "; posthorn user list shows all");
        }
        var quota = directory.quota(user);
        var own = directory.quotas().containsKey(user);
        var json = Answer.object().put("user", user.toString()).put("own", own);
        put(json.putObject("quota"), quota);
        return Answer.done(user + ": " + quota + (own ? "" : " (as users.xml says for all)"), json);
    }

    /** Both limits at once: what is not given is without limit. */
    private Answer setQuota(Request request) {
        var user = Names.folded(Names.mailbox(request.required("user")));
        var octets = request.optional("octets").map(text -> quantity("octets", text, Units::octets));
        var messages = request.optional("messages").map(text -> quantity("messages", text, Long::parseLong));
        var quota = new Quota(octets.orElse(Quota.UNLIMITED), messages.orElse(Quota.UNLIMITED));
        directory.setQuota(user, Optional.of(quota));
        LOG.info("directory-changed", "what", "set the quota of", "user", user, "quota", quota);
        var json = Answer.object().put("done", "set the quota of").put("user", user.toString());
        put(json.putObject("quota"), quota);
        return Answer.done("set the quota of " + user + ": " + quota, json);
    }

    private static long quantity(String name, String text, ToLongFunction<String> parser) {
        try {
            var number = parser.applyAsLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new RequestException(400, name + ": " + (e instanceof NumberFormatException
                ? "expected a whole number" : e.getMessage()) + ", found '" + text + "'");
        }
        throw new RequestException(400, name + ": expected a number that is not negative, found '" + text + "'");
    }

    private Answer standardQuota(Request request) {
        var user = Names.folded(Names.mailbox(request.required("user")));
        directory.setQuota(user, Optional.empty());
        return done("removed the quota of", user + " (what users.xml says holds)", "user", user.toString());
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
