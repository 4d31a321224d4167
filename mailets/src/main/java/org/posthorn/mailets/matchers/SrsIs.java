package org.posthorn.mailets.matchers;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.apache.james.core.MailAddress;
import org.posthorn.mailets.port.SenderRewriting;

/**
 * Matches recipients that are return paths of forwarded mail (SRS), by what they are: {@code SrsIs=valid} was made by
 * us and leads to a sender elsewhere, {@code SrsIs=forged,expired} leads nowhere.
 */
public final class SrsIs extends EachRecipient {

    private final SenderRewriting scheme;
    private Set<Kind> wanted = Set.of();   // replaced by init

    private enum Kind { VALID, EXPIRED, FORGED, NONE }

    @Inject
    SrsIs(SenderRewriting scheme) {
        this.scheme = scheme;
    }

    @Override public void init() throws MessagingException {
        var condition = getCondition() == null ? "" : getCondition();
        var kinds = EnumSet.noneOf(Kind.class);
        for (var word : condition.split(",", -1)) {
            try {
                kinds.add(Kind.valueOf(word.strip().toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new MessagingException("SrsIs: expected one or more of valid, expired, forged, none, with commas"
                    + " between them, found '" + condition + "'", e);
            }
        }
        wanted = kinds;
    }

    @Override boolean names(MailAddress recipient) {
        return wanted.contains(switch (scheme.returned(recipient)) {
            case SenderRewriting.Returned.Valid _ -> Kind.VALID;
            case SenderRewriting.Returned.Expired _ -> Kind.EXPIRED;
            case SenderRewriting.Returned.Forged _ -> Kind.FORGED;
            case SenderRewriting.Returned.Other _ -> Kind.NONE;
        });
    }
}
