package org.posthorn.server.chain;

import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.james.core.MailAddress;
import org.posthorn.mailets.port.Quotas;
import org.posthorn.mailets.port.Residents;
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

    /**
     * An alias of one other is looked at as that one, step by step as mail goes; an alias of several, or of elsewhere,
     * is not full.
     */
    @Override public boolean isOver(MailAddress recipient, long octets) {
        try {
            var address = Addresses.mailbox(recipient);
            for (var aliases = 0; aliases <= Residents.MOST_ALIASES; aliases++) {
                switch (directory.resolve(address)) {
                    case Resolution.User(var user, _) -> {
                        return space.isFull(user, octets);
                    }
                    case Resolution.Alias(var targets) when targets.size() == 1 -> address = targets.getFirst();
                    case Resolution.Alias _, Resolution.Unknown _, Resolution.Foreign _ -> {
                        return false;
                    }
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("the mailbox of " + recipient + " cannot be looked at", e);
        }
    }
}
