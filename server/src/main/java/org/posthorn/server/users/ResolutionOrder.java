package org.posthorn.server.users;

import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.address.Mailbox;

/**
 * In which order an address is looked up: alias, user, the same without subaddress, catch-all, postmaster. The first
 * that is there decides.
 *
 * @param delimiter between user and subaddress (RFC 5233); empty when there are no subaddresses
 * @param postmaster who gets postmaster's mail where neither alias nor user nor catch-all takes it
 */
record ResolutionOrder(String delimiter, Optional<Mailbox> postmaster) {

    private static final String POSTMASTER = "postmaster";
    static final String CATCH_ALL = "*";

    /** What is in the directory. All addresses are folded. */
    interface Entries {
        boolean isHosted(String domain);

        List<Mailbox> targets(Mailbox alias);

        boolean isUser(Mailbox user);

        /** The user of the domain that was created first; of any domain when it has none. */
        Optional<Mailbox> oldestUser(String domain);
    }

    /** One step of who that is. */
    Resolution resolve(Mailbox address, Entries entries) {
        var whole = Names.folded(address);
        if (!entries.isHosted(whole.domain())) {
            return new Resolution.Foreign();
        }
        return named(whole, "", entries)
            .or(() -> withoutDetail(address, entries))
            .or(() -> alias(new Mailbox(CATCH_ALL, whole.domain()), entries))
            .or(() -> postmasterOf(whole, entries))
            .orElseGet(Resolution.Unknown::new);
    }

    /** The user behind the address when aliases, the configured postmaster among them, are left aside. */
    Optional<Resolution.User> mailbox(Mailbox address, Entries entries) {
        var resolution = new ResolutionOrder(delimiter, Optional.empty()).resolve(address, new WithoutAliases(entries));
        return resolution instanceof Resolution.User user ? Optional.of(user) : Optional.empty();
    }

    private record WithoutAliases(Entries entries) implements Entries {
        @Override public boolean isHosted(String domain) {
            return entries.isHosted(domain);
        }

        @Override public List<Mailbox> targets(Mailbox alias) {
            return List.of();
        }

        @Override public boolean isUser(Mailbox user) {
            return entries.isUser(user);
        }

        @Override public Optional<Mailbox> oldestUser(String domain) {
            return entries.oldestUser(domain);
        }
    }

    private Optional<Resolution> named(Mailbox name, String detail, Entries entries) {
        return alias(name, entries).or(() -> entries.isUser(name)
            ? Optional.of(new Resolution.User(name, detail)) : Optional.empty());
    }

    private Optional<Resolution> alias(Mailbox name, Entries entries) {
        var targets = entries.targets(name);
        return targets.isEmpty() ? Optional.empty() : Optional.of(new Resolution.Alias(targets));
    }

    private Optional<Resolution> withoutDetail(Mailbox address, Entries entries) {
        var at = delimiter.isEmpty() ? -1 : address.localPart().indexOf(delimiter);
        if (at <= 0) {
            return Optional.empty();
        }
        var user = Names.folded(new Mailbox(address.localPart().substring(0, at), address.domain()));
        return named(user, address.localPart().substring(at + delimiter.length()), entries);
    }

    /** RFC 5321 section 4.5.1: postmaster of every domain served is always there. */
    private Optional<Resolution> postmasterOf(Mailbox address, Entries entries) {
        if (!address.localPart().equals(POSTMASTER)) {
            return Optional.empty();
        }
        // A configured postmaster that would come back to this place is no answer.
        var configured = postmaster.map(Names::folded).filter(named -> !named.localPart().equals(POSTMASTER)
            || entries.isUser(named) || !entries.targets(named).isEmpty());
        if (configured.isPresent()) {
            return Optional.of(new Resolution.Alias(List.of(configured.get())));
        }
        return entries.oldestUser(address.domain()).map(user -> new Resolution.User(user, ""));
    }
}
