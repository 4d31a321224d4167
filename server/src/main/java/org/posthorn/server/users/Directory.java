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

    /** Every step of who that is, looked up anew. */
    Explanation explain(Mailbox address);

    /** Whether mail for the domain is kept here, under its own name or as the alias of another. */
    boolean isHosted(String domain);

    /** The hosted domains, without those that are aliases. */
    List<String> domains();

    List<DomainAlias> domainAliases();

    /** Makes every address of one domain the same address of a hosted one, which must not be an alias itself. */
    void addDomainAlias(String name, String target);

    void removeDomainAlias(String name);

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

    /** The subaddress delimiters that users have of their own; empty texts for none at all. */
    Map<Mailbox, String> delimiters();

    /**
     * Gives a user a subaddress delimiter.
     *
     * @param delimiter one character, or an empty text for no subaddresses; empty for the one of all
     */
    void setDelimiter(Mailbox user, Optional<String> delimiter);

    /**
     * Lets a user's mail go to these addresses and nowhere else; the user's own among them keeps a copy. A forward is
     * an alias of the user's own name: what it had before is gone.
     *
     * @param targets empty to keep all mail here again
     */
    void setForward(Mailbox user, List<Mailbox> targets);

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

    /**
     * A domain that is another one.
     *
     * @param name what is written
     * @param target the hosted domain that is meant
     */
    record DomainAlias(String name, String target) {
    }
}
