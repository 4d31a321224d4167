package org.posthorn.server.users;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.posthorn.protocols.address.Mailbox;

/**
 * A directory for tests: as the real one, in memory, with passwords in clear. May be told to fail: then it knows
 * nothing for sure. Thread-safe: one lock.
 */
public final class MemoryDirectory implements Directory, ResolutionOrder.Entries {

    private final ResolutionOrder order;
    private final Set<String> domains = new LinkedHashSet<>();
    private final Map<Mailbox, Optional<String>> users = new LinkedHashMap<>();
    private final Map<Mailbox, Quota> quotas = new LinkedHashMap<>();
    private final Quota standard;
    private final Map<Mailbox, List<Mailbox>> aliases = new LinkedHashMap<>();
    private final Map<String, String> domainAliases = new TreeMap<>();
    private final Map<Mailbox, String> delimiters = new LinkedHashMap<>();
    private Optional<RuntimeException> fault = Optional.empty();

    /** With {@code +} between user and subaddress, and no configured postmaster. */
    public MemoryDirectory() {
        this(UsersConfig.defaults());
    }

    /** As configured. */
    public MemoryDirectory(UsersConfig config) {
        order = new ResolutionOrder(config.subaddressDelimiter(), config.postmaster());
        standard = config.quotas().standard();
    }

    /** Adds a user, and the domain with it. */
    public synchronized MemoryDirectory user(String address) {
        var user = Names.mailbox(address);
        domains.add(user.domain());
        addUser(user, Optional.empty());
        return this;
    }

    /** Adds an alias, and the domain with it, also one that an administrator would not be let make. */
    public synchronized MemoryDirectory alias(String from, String... to) {
        var name = Names.folded(Names.mailbox(from));
        domains.add(name.domain());
        aliases.computeIfAbsent(name, _ -> new ArrayList<>()).addAll(Stream.of(to).map(Names::mailbox).toList());
        return this;
    }

    /** Every question about an address or a domain fails like this from now on. */
    public synchronized void failing(RuntimeException with) {
        fault = Optional.of(with);
    }

    private void check() {
        fault.ifPresent(exception -> {
            throw exception;
        });
    }

    @Override public synchronized Resolution resolve(Mailbox address) {
        check();
        return order.resolve(address, this);
    }

    @Override public synchronized Optional<Resolution.User> mailbox(Mailbox address) {
        check();
        return order.mailbox(address, this);
    }

    @Override public synchronized Explanation explain(Mailbox address) {
        check();
        return Explanation.of(address, order, this);
    }

    @Override public synchronized boolean isHosted(String domain) {
        check();
        return home(Names.folded(domain)).isPresent();
    }

    @Override public synchronized Optional<String> home(String domain) {
        return domains.contains(domain) ? Optional.of(domain) : Optional.ofNullable(domainAliases.get(domain));
    }

    @Override public synchronized Optional<String> delimiter(Mailbox user) {
        return Optional.ofNullable(delimiters.get(user));
    }

    @Override public synchronized Set<String> delimiters(String domain) {
        return delimiters.entrySet().stream().filter(entry -> entry.getKey().domain().equals(domain))
            .map(Map.Entry::getValue).collect(Collectors.toSet());
    }

    @Override public synchronized List<Mailbox> targets(Mailbox alias) {
        return aliases.getOrDefault(alias, List.of());
    }

    @Override public synchronized boolean isUser(Mailbox user) {
        return users.containsKey(user);
    }

    @Override public synchronized Optional<Mailbox> oldestUser(String domain) {
        return users.keySet().stream().filter(user -> user.domain().equals(domain)).findFirst()
            .or(() -> users.keySet().stream().findFirst());
    }

    @Override public synchronized List<String> domains() {
        return domains.stream().sorted().toList();
    }

    @Override public synchronized void addDomain(String domain) {
        if (home(Names.domain(domain)).isPresent()) {
            throw new DirectoryException("the domain " + Names.domain(domain) + " is hosted here already");
        }
        domains.add(Names.domain(domain));
    }

    @Override public synchronized void removeDomain(String domain) {
        var name = Names.domain(domain);
        Refusals.requireThere(home(name).isPresent(), name);
        Refusals.requireOwn(name, home(name));
        Refusals.requireNoDomainAlias(name, domainAliases.entrySet().stream()
            .filter(alias -> alias.getValue().equals(name)).map(Map.Entry::getKey).toList());
        Refusals.requireEmpty(name, users.keySet().stream().filter(user -> user.domain().equals(name)).count(),
            aliases.keySet().stream().filter(alias -> alias.domain().equals(name)).count());
        domains.remove(name);
    }

    @Override public synchronized List<DomainAlias> domainAliases() {
        return domainAliases.entrySet().stream().map(entry -> new DomainAlias(entry.getKey(), entry.getValue()))
            .toList();
    }

    @Override public synchronized void addDomainAlias(String name, String target) {
        Refusals.domainAlias(Names.domain(name), Names.domain(target), this);
        domainAliases.put(Names.domain(name), Names.domain(target));
    }

    @Override public synchronized void removeDomainAlias(String name) {
        if (domainAliases.remove(Names.domain(name)) == null) {
            throw Refusals.noDomainAlias(Names.domain(name));
        }
    }

    @Override public synchronized Map<Mailbox, String> delimiters() {
        return new LinkedHashMap<>(delimiters);
    }

    @Override public synchronized void setDelimiter(Mailbox user, Optional<String> delimiter) {
        var name = Names.folded(user);
        var wanted = delimiter.map(Refusals::delimiter);
        Refusals.requireUser(users.containsKey(name), name);
        wanted.ifPresentOrElse(mark -> delimiters.put(name, mark), () -> delimiters.remove(name));
    }

    @Override public synchronized void setForward(Mailbox user, List<Mailbox> targets) {
        var name = Names.folded(user);
        Refusals.requireUser(users.containsKey(name), name);
        Refusals.forward(name, targets);
        var before = aliases.getOrDefault(name, List.of());
        aliases.remove(name);
        try {
            targets.forEach(target -> addAlias(name, target));
        } catch (DirectoryException e) {
            aliases.remove(name);
            if (!before.isEmpty()) {
                aliases.put(name, before);
            }
            throw e;
        }
    }

    @Override public synchronized List<Mailbox> users() {
        return users.keySet().stream().sorted(MemoryDirectory::byDomain).toList();
    }

    @Override public synchronized void addUser(Mailbox user, Optional<String> password) {
        var name = Refusals.userName(user);
        Refusals.requireOwn(name.domain(), home(name.domain()));
        if (users.containsKey(name)) {
            throw Refusals.userExists(name);
        }
        users.put(name, password);
    }

    @Override public synchronized void addUsers(List<NewUser> more) {
        var before = new LinkedHashMap<>(users);
        try {
            more.forEach(user -> addUser(user.address(), user.password()));
        } catch (DirectoryException e) {
            users.clear();
            users.putAll(before);
            throw e;
        }
    }

    @Override public synchronized void changePassword(Mailbox user, String password) {
        Refusals.requireUser(users.replace(Names.folded(user), Optional.of(password)) != null, Names.folded(user));
    }

    /** What the user's password is, for tests. */
    public synchronized Optional<String> password(Mailbox user) {
        return users.getOrDefault(Names.folded(user), Optional.empty());
    }

    @Override public synchronized void removeUser(Mailbox user) {
        Refusals.requireUser(users.remove(Names.folded(user)) != null, Names.folded(user));
        delimiters.remove(Names.folded(user));
        quotas.remove(Names.folded(user));
    }

    @Override public synchronized Quota quota(Mailbox user) {
        check();
        var name = Names.folded(user);
        return users.containsKey(name) ? quotas.getOrDefault(name, standard) : Quota.NONE;
    }

    @Override public synchronized Map<Mailbox, Quota> quotas() {
        return Map.copyOf(quotas);
    }

    @Override public synchronized void setQuota(Mailbox user, Optional<Quota> quota) {
        var name = Names.folded(user);
        Refusals.requireUser(users.containsKey(name), name);
        quotas.remove(name);
        quota.ifPresent(own -> quotas.put(name, own));
    }

    @Override public synchronized List<AliasEntry> aliases() {
        return aliases.entrySet().stream().sorted((a, b) -> byDomain(a.getKey(), b.getKey()))
            .flatMap(entry -> entry.getValue().stream().map(to -> new AliasEntry(entry.getKey(), to))).toList();
    }

    @Override public synchronized void addAlias(Mailbox from, Mailbox to) {
        var name = Names.folded(from);
        Refusals.requireOwn(name.domain(), home(name.domain()));
        Refusals.alias(name, to, targets(name), this);
        aliases.computeIfAbsent(name, _ -> new ArrayList<>()).add(to);
        try {
            Refusals.circle(name, Explanation.of(name, order, this));
        } catch (DirectoryException e) {
            removeAlias(name, to);
            throw e;
        }
    }

    @Override public synchronized void removeAlias(Mailbox from, Mailbox to) {
        var name = Names.folded(from);
        var targets = aliases.getOrDefault(name, new ArrayList<>());
        if (!targets.removeIf(target -> Names.folded(target).equals(Names.folded(to)))) {
            throw Refusals.noAlias(name, to);
        }
        if (targets.isEmpty()) {
            aliases.remove(name);
        }
    }

    private static int byDomain(Mailbox a, Mailbox b) {
        return !a.domain().equals(b.domain()) ? a.domain().compareTo(b.domain())
            : a.localPart().compareTo(b.localPart());
    }
}
