package org.posthorn.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.config.Units;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.users.Directory;
import org.posthorn.server.users.Explanation;
import org.posthorn.server.users.Names;
import org.posthorn.server.users.Quota;
import org.posthorn.server.users.Resolution;

/** {@code /api/domains}, {@code /api/users}, {@code /api/aliases} and {@code /api/resolve}. Thread-safe. */
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
            case "POST domains/aliases" -> addDomainAlias(request.allow("alias", "domain"));
            case "DELETE domains/aliases" ->
                removeDomainAlias(Names.domain(request.allow("alias").required("alias")));
            case "GET users" -> listUsers(request.allow("domain"));
            case "POST users" -> addUser(request.allow("user", "password"));
            case "PUT users/password" -> changePassword(request.allow("user", "password"));
            case "PUT users/delimiter" -> setDelimiter(request.allow("user", "delimiter"));
            case "PUT users/forward" -> setForward(request.allow("user", "to", "keep-copy"));
            case "DELETE users/forward" -> endForward(request.allow("user"));
            case "GET resolve" -> resolve(Names.mailbox(request.allow("address").required("address")));
            case "GET users/quota" -> showQuota(request.allow("user"));
            case "PUT users/quota" -> setQuota(request.allow("user", "octets", "messages"));
            case "DELETE users/quota" -> standardQuota(request.allow("user"));
            case "DELETE users" -> removeUser(request.allow("user"));
            case "GET aliases" -> listAliases(request.allow("domain"));
            case "POST aliases" -> addAlias(request.allow("from", "to"));
            case "DELETE aliases" -> removeAlias(request.allow("from", "to"));
            default -> throw new RequestException(request.segments().size() > 1 ? 404 : 405,
                request + " is not possible here; /api/domains, /api/users and /api/aliases take GET, POST and DELETE, "
                + "/api/domains/aliases POST and DELETE, /api/users/password and delimiter PUT, /api/users/forward PUT "
                + "and DELETE, /api/users/quota GET, PUT and DELETE, /api/resolve GET");
        };
    }

    private Answer listDomains() {
        var lines = new ArrayList<String>();
        var entries = new ArrayList<ObjectNode>();
        var aliases = directory.domainAliases();
        for (var domain : directory.domains()) {
            lines.add(domain);
            entries.add(Answer.object().put("domain", domain));
            aliases.stream().filter(alias -> alias.target().equals(domain)).forEach(alias -> {
                lines.add(alias.name() + "  alias of " + domain);
                entries.add(Answer.object().put("domain", alias.name()).put("alias-of", domain));
            });
        }
        return list("domains", lines.stream(), entries.stream());
    }

    private Answer addDomainAlias(Request request) {
        var name = Names.domain(request.required("alias"));
        var domain = Names.domain(request.required("domain"));
        directory.addDomainAlias(name, domain);
        LOG.info("domain-alias-added", "alias", name, "domain", domain);
        return Answer.done("every address in " + name + " is the same address in " + domain + " now",
            Answer.object().put("done", "added domain alias").put("alias", name).put("domain", domain));
    }

    private Answer removeDomainAlias(String name) {
        directory.removeDomainAlias(name);
        return done("removed domain alias", name, "alias", name);
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
        var delimiters = directory.delimiters();
        var quotas = directory.quotas();
        var forwards = directory.aliases().stream().collect(Collectors.groupingBy(Directory.AliasEntry::from,
            Collectors.mapping(Directory.AliasEntry::to, Collectors.toList())));
        return list("users",
            users.stream().map(user -> user + forward(user, forwards.getOrDefault(user, List.of()))
                + delimiter(Optional.ofNullable(delimiters.get(user)))
                + (quotas.containsKey(user) ? " (quota: " + quotas.get(user) + ")" : "")),
            users.stream().map(user -> {
                var entry = json(user, forwards.getOrDefault(user, List.of()),
                    Optional.ofNullable(delimiters.get(user)));
                Optional.ofNullable(quotas.get(user)).ifPresent(quota -> put(entry.putObject("quota"), quota));
                return entry;
            }));
    }

    private static boolean isSelf(Mailbox user, Mailbox target) {
        return Names.folded(target).equals(user);
    }

    private static String forward(Mailbox user, List<Mailbox> targets) {
        var others = targets.stream().filter(target -> !isSelf(user, target)).map(Mailbox::toString).toList();
        return others.isEmpty() ? "" : "  forwards to " + String.join(", ", others)
            + (others.size() < targets.size() ? ", keeps a copy" : "");
    }

    private static String delimiter(Optional<String> own) {
        return own.map(mark -> "  delimiter " + (mark.isEmpty() ? "none" : mark)).orElse("");
    }

    private static ObjectNode json(Mailbox user, List<Mailbox> targets, Optional<String> delimiter) {
        var json = Answer.object().put("user", user.toString());
        var others = targets.stream().filter(target -> !isSelf(user, target)).toList();
        if (!others.isEmpty()) {
            var list = json.putArray("forward");
            others.forEach(target -> list.add(target.toString()));
            json.put("keeps-copy", others.size() < targets.size());
        }
        delimiter.ifPresent(mark -> json.put("delimiter", mark.isEmpty() ? "none" : mark));
        return json;
    }

    private Answer setDelimiter(Request request) {
        var user = Names.folded(Names.mailbox(request.required("user")));
        var written = request.required("delimiter");
        directory.setDelimiter(user, switch (written) {
            case "default" -> Optional.empty();
            case "none" -> Optional.of("");
            default -> Optional.of(written);
        });
        LOG.info("delimiter-set", "user", user, "delimiter", written);
        return Answer.done("the delimiter of " + user + " is " + (written.equals("default") ? "that of all" : written)
            + " now", Answer.object().put("done", "set delimiter").put("user", user.toString())
                .put("delimiter", written));
    }

    private Answer setForward(Request request) {
        var user = Names.folded(Names.mailbox(request.required("user")));
        var targets = new ArrayList<Mailbox>();
        if (keepsCopy(request)) {
            targets.add(user);
        }
        request.required("to").lines().filter(line -> !line.isBlank()).map(Names::mailbox).forEach(targets::add);
        if (targets.size() > 1 && targets.stream().map(Names::folded).distinct().count() < targets.size()) {
            throw new RequestException(400, "to: names an address twice, or the user itself; name each once");
        }
        directory.setForward(user, targets);
        var line = user + forward(user, targets);
        LOG.info("forward-set", "user", user, "to", targets);
        return Answer.done(line, json(user, targets, Optional.empty()).put("done", "set forward"));
    }

    private static boolean keepsCopy(Request request) {
        var written = request.optional("keep-copy").orElse("false");
        if (!written.equals("true") && !written.equals("false")) {
            throw new RequestException(400, "keep-copy: expected true or false");
        }
        return written.equals("true");
    }

    private Answer endForward(Request request) {
        var user = Names.folded(Names.mailbox(request.required("user")));
        directory.setForward(user, List.of());
        return done("ended the forward of", user + ": mail stays here", "user", user.toString());
    }

    private Answer resolve(Mailbox address) {
        var explanation = directory.explain(address);
        var json = Answer.object().put("address", address.toString());
        var steps = json.putArray("steps");
        var lines = new ArrayList<String>();
        for (var step : explanation.steps()) {
            var entry = steps.addObject().put("address", step.address().toString()).put("how", step.how());
            lines.add("  ".repeat(step.depth()) + step.address() + ": " + step.how() + meaning(step, entry));
        }
        if (!explanation.circle().isEmpty()) {
            lines.add("goes in a circle, which is cut: " + explanation.circleText());
            json.put("circle", explanation.circleText());
        }
        if (!explanation.complete()) {
            lines.add("and more: " + explanation.steps().size() + " are shown");
        }
        json.put("complete", explanation.complete());
        return new Answer(200, text(lines.stream()), json);
    }

    /** What a step leads to, in words; the facts go into the entry. */
    private static String meaning(Explanation.Step step, ObjectNode entry) {
        return switch (step.resolution()) {
            case Resolution.User(var user, var detail) -> {
                entry.put("mailbox", user.toString()).put("detail", detail);
                yield ", mailbox " + user;
            }
            case Resolution.Alias(var targets) -> {
                var list = entry.putArray("targets");
                targets.forEach(target -> list.add(target.toString()));
                yield (step.keepsCopy() ? ", keeps a copy" : "") + ", goes to " + targets.stream()
                    .filter(target -> !isSelf(Names.folded(step.address()), target)).map(Mailbox::toString)
                    .collect(Collectors.joining(", "));
            }
            case Resolution.Unknown _, Resolution.Foreign _ -> "";
        };
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
        return new Answer(200, text(lines), json);
    }

    private static String text(Stream<String> lines) {
        return lines.map(line -> Answer.clean(line) + "\n").collect(Collectors.joining());
    }
}
