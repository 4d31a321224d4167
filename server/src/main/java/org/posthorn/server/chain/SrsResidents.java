package org.posthorn.server.chain;

import jakarta.inject.Inject;
import java.util.List;
import org.apache.james.core.MailAddress;
import org.posthorn.mailets.port.Residents;
import org.posthorn.mailets.port.SenderRewriting.Returned;

/**
 * The directory and, beside it, the return paths of mail that we forwarded: one of ours stands for the sender behind
 * it, a forged or expired one for nobody, also where there is a catch-all.
 */
public final class SrsResidents implements Residents {

    private final DirectoryResidents residents;
    private final SrsPaths paths;

    /** Asks both. */
    @Inject
    public SrsResidents(DirectoryResidents residents, SrsPaths paths) {
        this.residents = residents;
        this.paths = paths;
    }

    @Override public boolean isHosted(String domain) {
        return residents.isHosted(domain) || paths.isReturnDomain(domain);
    }

    @Override public Standing standing(MailAddress address) {
        return switch (paths.returned(address)) {
            case Returned.Valid(var sender) -> new Standing.Alias(List.of(sender));
            case Returned.Expired _, Returned.Forged _ -> new Standing.Unknown();
            case Returned.Other _ -> !paths.isReturnDomain(address.getDomain().asString())
                || residents.isHosted(address.getDomain().asString()) ? residents.standing(address)
                : residents.serversOwn(address);
        };
    }
}
