package org.posthorn.server.users;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.posthorn.protocols.address.Mailbox;

/**
 * Domains, users and aliases. Names are compared without regard to case; {@code postmaster} of every hosted domain
 * always resolves. Thread-safe. Every method throws {@link org.posthorn.server.database.DatabaseException} when it
 * cannot know: never take that for unknown.
 */
public interface Directory {

    /**
     * One step of who that is: exact alias, exact user, user without subaddress, catch-all ({@code *@domain}),
     * postmaster.
     */
    Resolution resolve(Mailbox address);

    /**
     * The user whose mailbox the address is, aliases left aside; empty when there is none. For a recipient whose
     * aliases were followed already: an alias that lists its own name keeps a copy there.
     */
    Optional<Resolution.User> mailbox(Mailbox address);

    /** Whether mail for the domain is kept here. */
    boolean isHosted(String domain);

    List<String> domains();

    /** Adds a domain; a second time is an error that says so. */
    void addDomain(String domain);

    /** Removes a domain that has no users and no aliases any more. */
    void removeDomain(String domain);

    List<Mailbox> users();

    /**
     * Adds a user.
     *
     * @param password empty for a mailbox that nobody can log in to
     */
    void addUser(Mailbox user, Optional<String> password);

    /** Adds many users, all of them or none. */
    void addUsers(List<NewUser> users);

    /** Gives a user another password. */
    void changePassword(Mailbox user, String password);

    void removeUser(Mailbox user);

    /** How much the user's mailbox may hold: the user's own quota, or the one of users.xml; none for who is no user. */
    Quota quota(Mailbox user);

    /** The users that have a quota of their own. */
    Map<Mailbox, Quota> quotas();

    /**
     * Gives a user a quota, in the place of the one of users.xml.
     *
     * @param quota empty for the one of users.xml again
     */
    void setQuota(Mailbox user, Optional<Quota> quota);

    List<AliasEntry> aliases();

    /** Adds one target to an alias; {@code *@domain} is the catch-all. */
    void addAlias(Mailbox from, Mailbox to);

    void removeAlias(Mailbox from, Mailbox to);

    /**
     * One line of the alias table.
     *
     * @param from the address that is written to
     * @param to where it goes
     */
    record AliasEntry(Mailbox from, Mailbox to) {
    }
}
