package org.posthorn.server.chain;

import jakarta.inject.Inject;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.james.core.MailAddress;
import org.posthorn.mailets.port.Residents;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.users.Directory;
import org.posthorn.server.users.Resolution;

/**
 * The directory as mailets ask it. Beside the hosted domains the server's own name has addresses: its postmaster (RFC
 * 5321 section 4.5.1), whom {@code RCPT TO:<Postmaster>} means, and the sender of its reports; both stand for the
 * postmaster of the first hosted domain.
 */
public final class DirectoryResidents implements Residents {

    private static final Set<String> SERVERS_OWN = Set.of("postmaster", "mailer-daemon");

    private final Directory directory;
    private final String hostname;

    /** Asks this directory. */
    @Inject
    public DirectoryResidents(Directory directory, ServerIdentity identity) {
        this.directory = directory;
        this.hostname = identity.hostname().toLowerCase(Locale.ROOT);
    }

    @Override public boolean isHosted(String domain) {
        return directory.isHosted(domain) || domain.equalsIgnoreCase(hostname);
    }

    @Override public Standing standing(MailAddress address) {
        var mailbox = Addresses.mailbox(address);
        return switch (directory.resolve(mailbox)) {
            case Resolution.User _ -> new Standing.Resident();
            // A target that James's address cannot hold is an error to tell, not one to leave out.
            case Resolution.Alias(var targets) -> new Standing.Alias(targets.stream()
                .map(target -> Addresses.james(target).orElseThrow(() -> new IllegalStateException(
                    "the alias " + address + " leads to " + target + ", which no mailet can handle"))).toList());
            case Resolution.Unknown _ -> new Standing.Unknown();
            case Resolution.Foreign _ -> mailbox.domain().equals(hostname) ? serversOwn(address)
                : new Standing.Foreign();
        };
    }

    /** Who is behind an address of a domain that is the server's alone. */
    Standing serversOwn(MailAddress address) {
        var domains = directory.domains();
        if (domains.isEmpty() || !SERVERS_OWN.contains(Addresses.mailbox(address).localPart()
                .toLowerCase(Locale.ROOT))) {
            return new Standing.Unknown();
        }
        return new Standing.Alias(
            List.of(Addresses.james(new Mailbox("postmaster", domains.getFirst())).orElseThrow()));
    }
}
