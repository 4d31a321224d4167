package org.posthorn.server.users;

import java.util.List;
import java.util.Optional;
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

    static void requireNoDomainAlias(String domain, List<String> names) {
        if (!names.isEmpty()) {
            throw new DirectoryException("the domain " + domain + " has the alias " + names.getFirst()
                + "; remove it first: posthorn domain alias " + names.getFirst() + " --off");
        }
    }

    /** Entries are kept under the name that decides. */
    static void requireOwn(String domain, Optional<String> home) {
        requireHosted(home.isPresent(), domain);
        if (!home.get().equals(domain)) {
            throw new DirectoryException("the domain " + domain + " is an alias of " + home.get()
                + "; use the same name in " + home.get());
        }
    }

    static void domainAlias(String name, String target, ResolutionOrder.Entries entries) {
        requireHosted(entries.home(target).isPresent(), target);
        if (!entries.home(target).get().equals(target)) {
            throw new DirectoryException("the domain " + target + " is an alias itself, of "
                + entries.home(target).get() + "; use: posthorn domain alias " + name + " "
                + entries.home(target).get());
        }
        entries.home(name).ifPresent(home -> {
            throw new DirectoryException(home.equals(name) ? "the domain " + name
                + " is hosted here under its own name; remove it first: posthorn domain remove " + name
                : "the domain " + name + " is an alias of " + home
                + " already; to change that, remove it first: posthorn domain alias " + name + " --off");
        });
    }

    static DirectoryException noDomainAlias(String name) {
        return new DirectoryException(Kind.MISSING, "the domain " + name + " is no alias; posthorn domain list shows"
            + " all");
    }

    static String delimiter(String written) {
        if (written.isEmpty() || written.length() == 1 && UsersConfig.DELIMITERS.contains(written)) {
            return written;
        }
        throw new DirectoryException(Kind.INVALID, "expected one of the characters " + UsersConfig.DELIMITERS
            + ", none or default as the delimiter, found '" + written.replaceAll("\\p{Cntrl}", "?") + "'");
    }

    static void forward(Mailbox user, List<Mailbox> targets) {
        if (!targets.isEmpty() && targets.stream().map(Names::folded).allMatch(user::equals)) {
            throw new DirectoryException(Kind.INVALID, "a forward of " + user + " needs another address; to keep all"
                + " mail here, use: posthorn user forward " + user + " --off");
        }
    }

    /** What one more target must be, before it is written. */
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
    }

    /** What an alias must not be once it is written. */
    static void circle(Mailbox from, Explanation explanation) {
        if (!explanation.circle().isEmpty()) {
            throw new DirectoryException("mail to " + from + " would go in a circle: " + explanation.circleText());
        }
    }

    static DirectoryException noAlias(Mailbox from, Mailbox to) {
        return new DirectoryException(Kind.MISSING, "there is no alias " + from + " to " + to
            + "; posthorn alias list shows all");
    }
}
