package org.posthorn.server.chain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.database.DatabaseException;
import org.posthorn.server.users.Directory;
import org.posthorn.server.users.Resolution;

/** Users, aliases and domains in memory. May be broken: then it knows nothing for sure. */
public final class FakeDirectory implements Directory {

    public boolean broken;
    private final Set<String> domains = new HashSet<>();
    private final Set<String> users = new HashSet<>();
    private final Map<String, List<Mailbox>> aliases = new HashMap<>();

    public FakeDirectory user(String address) {
        domains.add(TestMail.box(address).domain());
        users.add(address.toLowerCase(Locale.ROOT));
        return this;
    }

    public FakeDirectory alias(String from, String... to) {
        domains.add(TestMail.box(from).domain());
        for (var target : to) {
            aliases.computeIfAbsent(from, _ -> new ArrayList<>()).add(TestMail.box(target));
        }
        return this;
    }

    @Override public Resolution resolve(Mailbox address) {
        check();
        if (!domains.contains(address.domain())) {
            return new Resolution.Foreign();
        }
        var text = address.toString().toLowerCase(Locale.ROOT);
        var plus = text.indexOf('+');
        var plain = plus < 0 ? text : text.substring(0, plus) + text.substring(text.indexOf('@'));
        if (aliases.containsKey(text)) {
            return new Resolution.Alias(aliases.get(text));
        }
        if (users.contains(plain) || plain.startsWith("postmaster@")) {
            var detail = plus < 0 ? "" : text.substring(plus + 1, text.indexOf('@'));
            return new Resolution.User(TestMail.box(plain), detail);
        }
        var catchAll = aliases.get("*@" + address.domain());
        return catchAll == null ? new Resolution.Unknown() : new Resolution.Alias(catchAll);
    }

    private void check() {
        if (broken) {
            throw new DatabaseException("the directory is down", new IllegalStateException("test"));
        }
    }

    @Override public boolean isHosted(String domain) {
        check();
        return domains.contains(domain.toLowerCase(Locale.ROOT));
    }

    @Override public List<String> domains() {
        return List.copyOf(domains);
    }

    @Override public void addDomain(String domain) {
        domains.add(domain);
    }

    @Override public void removeDomain(String domain) {
        domains.remove(domain);
    }

    @Override public List<Mailbox> users() {
        return users.stream().map(TestMail::box).toList();
    }

    @Override public void addUser(Mailbox user, Optional<String> password) {
        user(user.toString());
    }

    @Override public void changePassword(Mailbox user, String password) {
        throw new UnsupportedOperationException();
    }

    @Override public void removeUser(Mailbox user) {
        users.remove(user.toString());
    }

    @Override public List<AliasEntry> aliases() {
        return List.of();
    }

    @Override public void addAlias(Mailbox from, Mailbox to) {
        alias(from.toString(), to.toString());
    }

    @Override public void removeAlias(Mailbox from, Mailbox to) {
        aliases.remove(from.toString());
    }
}
