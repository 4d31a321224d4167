package org.posthorn.server.delivery;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.users.Directory;
import org.posthorn.server.users.Resolution;

/** A directory that answers what the test put in, and knows nobody else. */
public final class FakeDirectory implements Directory {

    private final Map<Mailbox, Resolution> entries = new HashMap<>();
    private Optional<RuntimeException> fault = Optional.empty();

    /** Adds a user. */
    public FakeDirectory user(String localPart, String domain) {
        var user = new Mailbox(localPart, domain);
        return put(user, new Resolution.User(user, ""));
    }

    /** Adds what an address resolves to. */
    public FakeDirectory put(Mailbox address, Resolution resolution) {
        entries.put(address, resolution);
        return this;
    }

    /** Every question fails like this. */
    public void failing(RuntimeException with) {
        fault = Optional.of(with);
    }

    @Override public Resolution resolve(Mailbox address) {
        fault.ifPresent(exception -> {
            throw exception;
        });
        return entries.getOrDefault(address, new Resolution.Unknown());
    }

    @Override public boolean isHosted(String domain) {
        return entries.keySet().stream().anyMatch(mailbox -> mailbox.domain().equals(domain));
    }

    @Override public List<String> domains() {
        return List.of();
    }

    @Override public List<Mailbox> users() {
        return List.copyOf(entries.keySet());
    }

    @Override public List<AliasEntry> aliases() {
        return List.of();
    }

    @Override public void addDomain(String domain) {
        throw new UnsupportedOperationException();
    }

    @Override public void removeDomain(String domain) {
        throw new UnsupportedOperationException();
    }

    @Override public void addUser(Mailbox user, Optional<String> password) {
        throw new UnsupportedOperationException();
    }

    @Override public void changePassword(Mailbox user, String password) {
        throw new UnsupportedOperationException();
    }

    @Override public void removeUser(Mailbox user) {
        throw new UnsupportedOperationException();
    }

    @Override public void addAlias(Mailbox from, Mailbox to) {
        throw new UnsupportedOperationException();
    }

    @Override public void removeAlias(Mailbox from, Mailbox to) {
        throw new UnsupportedOperationException();
    }
}
