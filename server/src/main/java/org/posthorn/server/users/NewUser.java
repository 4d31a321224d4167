package org.posthorn.server.users;

import java.util.Optional;
import org.posthorn.protocols.address.Mailbox;

/**
 * A user to be added.
 *
 * @param address the mailbox's address
 * @param password empty for a mailbox that nobody can log in to
 */
public record NewUser(Mailbox address, Optional<String> password) {

    /** The password is not for logs. */
    @Override public String toString() {
        return address + (password.isPresent() ? " with a password" : " without a password");
    }
}
