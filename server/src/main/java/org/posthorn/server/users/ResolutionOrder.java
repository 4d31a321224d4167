package org.posthorn.server.users;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.posthorn.protocols.address.Mailbox;

/**
 * In which order an address is looked up: alias, user, the same without subaddress, catch-all, postmaster. The first
 * that is there decides. In a domain that is an alias the same name of the other domain decides.
 *
 * @param delimiter between user and subaddress (RFC 5233) for all who have none of their own; empty for none
 * @param postmaster who gets postmaster's mail where neither alias nor user nor catch-all takes it
 */
record ResolutionOrder(String delimiter, Optional<Mailbox> postmaster) {

    private static final String POSTMASTER = "postmaster";
    static final String CATCH_ALL = "*";

    /** What is in the directory. All addresses are folded. */
    interface Entries {
        /** Whose entries decide: the domain itself, or the one that it is an alias of; empty when not hosted. */
        Optional<String> home(String domain);

        List<Mailbox> targets(Mailbox alias);

        boolean isUser(Mailbox user);

        /** The user's own delimiter, possibly none at all; empty for the one of all. */
        Optional<String> delimiter(Mailbox user);

        /** The delimiters that users of the domain have of their own. */
        Set<String> delimiters(String domain);

        /** The user of the domain that was created first; of any domain when it has none. */
        Optional<Mailbox> oldestUser(String domain);
    }

    /**
     * An answer and where it comes from.
     *
     * @param how such as {@code alias} or {@code subaddress of ann@example.org}
     */
    record Decision(String how, Resolution resolution) {

        private static final Decision NOBODY = new Decision("nobody of that name", new Resolution.Unknown());
    }

    /** One step of who that is. */
    Resolution resolve(Mailbox address, Entries entries) {
        return decide(address, entries).resolution();
    }

    /** One step of who that is, and why. */
    Decision decide(Mailbox address, Entries entries) {
        var domain = Names.folded(address.domain());
        var home = entries.home(domain);
        if (home.isEmpty()) {
            return new Decision("elsewhere", new Resolution.Foreign());
        }
        if (!home.get().equals(domain)) {
            return inAlias(new Mailbox(address.localPart(), home.get()), domain, entries);
        }
        var whole = Names.folded(address);
        return exact(whole, address, entries)
            .or(() -> withoutDetail(address, entries))
            .or(() -> alias("catch-all " + CATCH_ALL + "@" + domain, new Mailbox(CATCH_ALL, domain), whole, entries))
            .or(() -> postmasterOf(whole, entries))
            .orElse(Decision.NOBODY);
    }

    private Decision inAlias(Mailbox there, String domain, Entries entries) {
        return resolve(there, entries) instanceof Resolution.Unknown ? Decision.NOBODY
            : new Decision(domain + " is an alias of " + there.domain(), new Resolution.Alias(List.of(there)));
    }

    /** The user behind the address when aliases, the configured postmaster among them, are left aside. */
    Optional<Resolution.User> mailbox(Mailbox address, Entries entries) {
        var home = entries.home(Names.folded(address.domain()));
        var there = home.isEmpty() ? address : new Mailbox(address.localPart(), home.get());
        var resolution = new ResolutionOrder(delimiter, Optional.empty()).resolve(there, new WithoutAliases(entries));
        return resolution instanceof Resolution.User user ? Optional.of(user) : Optional.empty();
    }

    private record WithoutAliases(Entries entries) implements Entries {
        @Override public Optional<String> home(String domain) {
            return entries.home(domain);
        }

        @Override public List<Mailbox> targets(Mailbox alias) {
            return List.of();
        }

        @Override public boolean isUser(Mailbox user) {
            return entries.isUser(user);
        }

        @Override public Optional<String> delimiter(Mailbox user) {
            return entries.delimiter(user);
        }

        @Override public Set<String> delimiters(String domain) {
            return entries.delimiters(domain);
        }

        @Override public Optional<Mailbox> oldestUser(String domain) {
            return entries.oldestUser(domain);
        }
    }

    private Optional<Decision> exact(Mailbox name, Mailbox address, Entries entries) {
        return alias("alias", name, address, entries).or(() -> entries.isUser(name)
            ? Optional.of(new Decision("user", new Resolution.User(name, ""))) : Optional.empty());
    }

    /**
     * What the alias's entries make of an address. An alias that lists itself keeps a copy where there is a mailbox for
     * it, under the address as it was written; where there is none it leads nowhere.
     */
    private Optional<Decision> alias(String how, Mailbox alias, Mailbox address, Entries entries) {
        var written = entries.targets(alias);
        if (written.isEmpty()) {
            return Optional.empty();
        }
        var whole = Names.folded(address);
        var targets = new ArrayList<Mailbox>();
        for (var target : written) {
            var folded = Names.folded(target);
            if (!folded.equals(alias) && !folded.equals(whole)) {
                targets.add(target);
            } else if (entries.isUser(alias)) {
                targets.add(whole.equals(alias) ? target : address);
            }
        }
        return Optional.of(targets.isEmpty() ? Decision.NOBODY : new Decision(how, new Resolution.Alias(targets)));
    }

    /** The longest name wins that has what stands behind it as its delimiter. */
    private Optional<Decision> withoutDetail(Mailbox address, Entries entries) {
        var domain = Names.folded(address.domain());
        var own = entries.delimiters(domain);
        var all = delimiter + String.join("", own);
        var name = address.localPart();
        for (var at = name.length() - 1; at > 0; at--) {
            if (all.indexOf(name.charAt(at)) < 0) {
                continue;
            }
            var owner = Names.folded(new Mailbox(name.substring(0, at), domain));
            var mark = own.isEmpty() ? delimiter : entries.delimiter(owner).orElse(delimiter);
            if (mark.equals(name.substring(at, at + 1))) {
                var found = part(owner, name.substring(at + 1), address, entries);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Decision> part(Mailbox owner, String detail, Mailbox address, Entries entries) {
        var how = "subaddress of " + owner;
        return alias(how, owner, address, entries).or(() -> entries.isUser(owner)
            ? Optional.of(new Decision(how, new Resolution.User(owner, detail))) : Optional.empty());
    }

    /** RFC 5321 section 4.5.1: postmaster of every domain served is always there. */
    private Optional<Decision> postmasterOf(Mailbox address, Entries entries) {
        if (!address.localPart().equals(POSTMASTER)) {
            return Optional.empty();
        }
        // A configured postmaster that would come back to this place is no answer.
        var configured = postmaster.map(Names::folded).filter(named -> !named.localPart().equals(POSTMASTER)
            || entries.isUser(named) || !entries.targets(named).isEmpty());
        if (configured.isPresent()) {
            return Optional.of(new Decision("postmaster, as users.xml says",
                new Resolution.Alias(List.of(configured.get()))));
        }
        return entries.oldestUser(address.domain())
            .map(user -> new Decision("postmaster is the first user", new Resolution.User(user, "")));
    }
}
