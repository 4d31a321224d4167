package org.posthorn.server.users;

import java.util.List;
import org.posthorn.protocols.address.Mailbox;

/** Who is behind an address. */
public sealed interface Resolution {

    /**
     * A mailbox here.
     *
     * @param user the user's address in canonical form, without subaddress
     * @param detail the subaddress after the delimiter; empty without one (RFC 5233)
     */
    record User(Mailbox user, String detail) implements Resolution {
    }

    /**
     * An alias: other addresses, here or elsewhere, one step on.
     *
     * @param targets at least one
     */
    record Alias(List<Mailbox> targets) implements Resolution {
        /** Copies the list. */
        public Alias {
            targets = List.copyOf(targets);
        }
    }

    /** The domain is hosted here, but nobody in it has that name. */
    record Unknown() implements Resolution {
    }

    /** The domain is not hosted here. */
    record Foreign() implements Resolution {
    }
}
