package org.posthorn.server.users;

import java.io.IOException;
import org.posthorn.protocols.address.Mailbox;

/** How full mailboxes are. Thread-safe. */
public interface Space {

    /**
     * Whether the user's quota keeps a message out now.
     *
     * @param user in canonical form, without subaddress
     * @param octets of the message; 1 where nobody knows
     * @throws IOException when the mailbox cannot be looked at
     * @throws org.posthorn.server.database.DatabaseException when the quota cannot be looked up
     */
    boolean isFull(Mailbox user, long octets) throws IOException;

    /** Where there is always room. */
    static Space endless() {
        return (_, _) -> false;
    }
}
