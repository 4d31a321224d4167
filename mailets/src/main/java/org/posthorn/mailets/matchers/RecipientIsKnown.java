package org.posthorn.mailets.matchers;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import org.apache.james.core.MailAddress;
import org.posthorn.mailets.port.Residents;

/**
 * Matches recipients that somebody here answers to: a user, with or without a subaddress, an alias, a catch-all, and
 * {@code postmaster} of every hosted domain (RFC 5321 section 4.5.1). Recipients of other domains are not matched.
 */
public final class RecipientIsKnown extends EachRecipient {

    private final Residents residents;

    @Inject
    RecipientIsKnown(Residents residents) {
        this.residents = residents;
    }

    @Override public void init() throws MessagingException {
        refuseCondition();
    }

    @Override boolean names(MailAddress recipient) {
        return switch (residents.standing(recipient)) {
            case Residents.Standing.Resident _, Residents.Standing.Alias _ -> true;
            case Residents.Standing.Unknown _, Residents.Standing.Foreign _ -> false;
        };
    }
}
