package org.posthorn.server.chain;

import jakarta.inject.Inject;
import org.apache.james.core.MailAddress;
import org.posthorn.mailets.port.SenderRewriting;
import org.posthorn.server.srs.Srs;

/**
 * Sender rewriting as mailets ask for it. A return path is looked at only in domains that are hosted here and in the
 * domain of our own return paths; those of other forwarders are addresses like any other.
 */
public final class SrsPaths implements SenderRewriting {

    private static final Returned NOT_REWRITTEN = new Returned.Other();

    private final Srs srs;
    private final DirectoryResidents residents;

    /** Asks this scheme. */
    @Inject
    public SrsPaths(Srs srs, DirectoryResidents residents) {
        this.srs = srs;
        this.residents = residents;
    }

    @Override public Forwarded forwarded(MailAddress sender) {
        var path = srs.forward(Addresses.mailbox(sender));
        if (path.isEmpty()) {
            return new Forwarded.Unfit("the rewritten address would be too long");
        }
        return path.flatMap(Addresses::james).<Forwarded>map(Forwarded.As::new)
            .orElseGet(() -> new Forwarded.Unfit("no mailet can handle the rewritten address"));
    }

    @Override public Returned returned(MailAddress recipient) {
        if (!Srs.mayBe(recipient.getLocalPart())) {
            return NOT_REWRITTEN;   // asked five times for each recipient, 5,000 cycles each
        }
        var mailbox = Addresses.mailbox(recipient);
        return switch (srs.read(mailbox.localPart())) {
            case Srs.Reading.Other _ -> new Returned.Other();
            case Srs.Reading _ when !isOurs(mailbox.domain()) -> new Returned.Other();
            case Srs.Reading.Valid(var sender) -> Addresses.james(sender).<Returned>map(Returned.Valid::new)
                .orElseGet(Returned.Forged::new);
            case Srs.Reading.Expired _ -> new Returned.Expired();
            case Srs.Reading.Forged _ -> new Returned.Forged();
        };
    }

    /** Whether return paths may lie in the domain. */
    boolean isOurs(String domain) {
        return isReturnDomain(domain) || residents.isHosted(domain);
    }

    /** Whether it is the domain of the return paths that we make. */
    boolean isReturnDomain(String domain) {
        return domain.equalsIgnoreCase(srs.domain());
    }
}
