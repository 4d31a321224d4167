package org.posthorn.server.chain;

import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.james.core.MailAddress;
import org.posthorn.mailets.port.Quotas;
import org.posthorn.server.users.Directory;
import org.posthorn.server.users.Resolution;
import org.posthorn.server.users.Space;

/** The users' quotas as mailets ask for them. */
public final class DirectoryQuotas implements Quotas {

    private final Directory directory;
    private final Space space;

    /** Asks these. */
    @Inject
    public DirectoryQuotas(Directory directory, Space space) {
        this.directory = directory;
        this.space = space;
    }

    @Override public boolean isOver(MailAddress recipient, long octets) {
        try {
            return directory.resolve(Addresses.mailbox(recipient)) instanceof Resolution.User(var user, _)
                && space.isFull(user, octets);
        } catch (IOException e) {
            throw new UncheckedIOException("the mailbox of " + recipient + " cannot be looked at", e);
        }
    }
}
