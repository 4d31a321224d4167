package org.posthorn.server.chain;

import jakarta.inject.Inject;
import org.apache.james.core.MailAddress;
import org.posthorn.mailets.port.Residents;
import org.posthorn.server.users.Directory;
import org.posthorn.server.users.Resolution;

/** The directory as mailets ask it. */
public final class DirectoryResidents implements Residents {

    private final Directory directory;

    /** Asks this directory. */
    @Inject
    public DirectoryResidents(Directory directory) {
        this.directory = directory;
    }

    @Override public boolean isHosted(String domain) {
        return directory.isHosted(domain);
    }

    @Override public Standing standing(MailAddress address) {
        return switch (directory.resolve(Addresses.mailbox(address))) {
            case Resolution.User _ -> new Standing.Resident();
            // A target that James's address cannot hold is an error to tell, not one to leave out.
            case Resolution.Alias(var targets) -> new Standing.Alias(targets.stream()
                .map(target -> Addresses.james(target).orElseThrow(() -> new IllegalStateException(
                    "the alias " + address + " leads to " + target + ", which no mailet can handle"))).toList());
            case Resolution.Unknown _ -> new Standing.Unknown();
            case Resolution.Foreign _ -> new Standing.Foreign();
        };
    }
}
