package org.posthorn.server.cli;

import java.util.Optional;
import org.posthorn.server.users.DirectoryException;
import org.posthorn.server.users.Names;
import org.posthorn.server.users.NewUser;

/**
 * {@code NAME@DOMAIN[:PASSWORD]} as people write it. A domain has no colon, so the first one behind the @ is it.
 *
 * @param name not yet checked
 * @param password empty without a colon; an empty one behind a colon is an empty password, which will be refused
 */
public record NameAndPassword(String name, Optional<String> password) {

    /** Splits what was written. */
    public static NameAndPassword of(String written) {
        // A quoted name may hold an @ and a colon.
        var nameEnd = written.startsWith("\"") ? Math.max(written.indexOf("\"@"), 0) : 0;
        var colon = written.indexOf(':', Math.max(written.indexOf('@', nameEnd), 0));
        return colon < 0 ? new NameAndPassword(written, Optional.empty())
            : new NameAndPassword(written.substring(0, colon), Optional.of(written.substring(colon + 1)));
    }

    /**
     * The user that this makes.
     *
     * @throws DirectoryException when the name is no address
     */
    public NewUser user() {
        return new NewUser(Names.folded(Names.mailbox(name)), password);
    }

    /** The password is not for logs. */
    @Override public String toString() {
        return name;
    }
}
