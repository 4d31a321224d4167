package org.posthorn.server.users;

import java.util.Optional;
import org.posthorn.protocols.address.Mailbox;

/** Where the verifiers of passwords lie. Throws {@code DatabaseException} when it cannot know. Thread-safe. */
public interface PasswordStore {

    /** The user's own name behind one that somebody logs in with: a domain that is an alias stands for its target. */
    Mailbox ownName(Mailbox user);

    /** What is kept of the user's password; empty when there is no such user, or one that cannot log in. */
    Optional<StoredPassword> find(Mailbox user);

    /** Puts verifiers of the same password in the place of others, unless it was changed meanwhile. */
    void renew(Mailbox user, StoredPassword before, StoredPassword after);

    /** 32 random octets, the same for the life of this directory, from which decoys are made. */
    byte[] decoySecret();
}
