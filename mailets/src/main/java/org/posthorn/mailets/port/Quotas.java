package org.posthorn.mailets.port;

import org.apache.james.core.MailAddress;

/** How full mailboxes are. */
public interface Quotas {

    /**
     * Whether the recipient is a user here whose quota keeps a message out now. An alias has no mailbox: what it stands
     * for is looked at when the mail gets there.
     *
     * @param octets of the message; 1 where nobody knows
     * @throws RuntimeException when that cannot be told now
     */
    boolean isOver(MailAddress recipient, long octets);
}
