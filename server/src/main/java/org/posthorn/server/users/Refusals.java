package org.posthorn.server.users;

import java.util.List;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.users.DirectoryException.Kind;

/** What a directory does not let an administrator do, and how it says so. The same for every kind of directory. */
final class Refusals {

    private static final int MOST_TARGETS = 1000;   // of one alias: each is a recipient of its own

    private Refusals() {
    }

    static Mailbox userName(Mailbox user) {
        var name = Names.folded(user);
        if (name.localPart().equals(ResolutionOrder.CATCH_ALL)) {
            throw new DirectoryException(Kind.INVALID, name + " cannot be a user, it is the catch-all; "
                + "use: posthorn alias add " + name + "=TO");
        }
        return name;
    }

    static DirectoryException userExists(Mailbox user) {
        return new DirectoryException("the user " + user + " is there already; to give another password, use: "
            + "posthorn user password " + user);
    }

    static void requireUser(boolean there, Mailbox user) {
        if (!there) {
            throw new DirectoryException(Kind.MISSING, "there is no user " + user + "; posthorn user list shows all");
        }
    }

    static void requireHosted(boolean hosted, String domain) {
        if (!hosted) {
            throw new DirectoryException(Kind.MISSING, "the domain " + domain + " is not hosted here; add it first: "
                + "posthorn domain add " + domain);
        }
    }

    static void requireThere(boolean hosted, String domain) {
        if (!hosted) {
            throw new DirectoryException(Kind.MISSING, "there is no domain " + domain
                + "; posthorn domain list shows all");
        }
    }

    static void requireEmpty(String domain, long users, long aliases) {
        if (users + aliases > 0) {
            throw new DirectoryException("the domain " + domain + " still has " + users + " users and " + aliases
                + " aliases; remove them first");
        }
    }

    /** Longer ways around are found when mail goes that way; the shortest are refused here. */
    static void alias(Mailbox from, Mailbox to, List<Mailbox> targets, ResolutionOrder.Entries entries) {
        var target = Names.folded(to);
        if (targets.stream().map(Names::folded).anyMatch(target::equals)) {
            throw new DirectoryException("the alias " + from + " goes to " + to + " already");
        }
        if (targets.size() >= MOST_TARGETS) {
            throw new DirectoryException("the alias " + from + " has " + MOST_TARGETS
                + " targets, which is the most; use a second alias as a target");
        }
        if (target.equals(from) && !entries.isUser(from)) {
            throw new DirectoryException("the alias " + from + " would go to itself; name an address that is a user's, "
                + "or lies elsewhere");
        }
        if (!target.equals(from)
            && entries.targets(target).stream().map(Names::folded).anyMatch(from::equals)) {
            throw new DirectoryException("the alias " + target + " goes to " + from
                + " already, so mail would go in a circle; remove that one first");
        }
    }

    static DirectoryException noAlias(Mailbox from, Mailbox to) {
        return new DirectoryException(Kind.MISSING, "there is no alias " + from + " to " + to
            + "; posthorn alias list shows all");
    }
}
