package org.posthorn.mailets.matchers;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMatcher;
import org.posthorn.mailets.port.AuthFacts;
import org.posthorn.mailets.port.Described;
import org.posthorn.mailets.port.Manifest;

/**
 * Matches every recipient when SPF gave one of the results: {@code SpfIs=fail,softfail} (RFC 7208 section 2.6). Looked
 * up when first asked, once in a transaction.
 */
public final class SpfIs extends GenericMatcher implements Described {

    private final AuthFacts facts;
    private Set<AuthFacts.Result> wanted = Set.of();

    @Inject
    SpfIs(AuthFacts facts) {
        this.facts = facts;
    }

    @Override public Manifest manifest() {
        return Manifest.endingRecipients().passing();
    }

    @Override public void init() throws MessagingException {
        var condition = getCondition() == null ? "" : getCondition();
        var results = EnumSet.noneOf(AuthFacts.Result.class);
        for (var name : List.of(condition.split("[,\\s]+"))) {
            if (!name.isEmpty()) {
                results.add(result(name));
            }
        }
        if (results.isEmpty()) {
            throw new MessagingException("SpfIs needs results, such as SpfIs=fail; there are " + all());
        }
        wanted = Set.copyOf(results);
    }

    private static AuthFacts.Result result(String name) throws MessagingException {
        return Stream.of(AuthFacts.Result.values())
            .filter(result -> result.text().equals(name.toLowerCase(Locale.ROOT))).findFirst()
            .orElseThrow(() -> new MessagingException("SpfIs: there is no result '" + name + "'; there are " + all()));
    }

    private static String all() {
        return Stream.of(AuthFacts.Result.values()).map(AuthFacts.Result::text).collect(Collectors.joining(", "));
    }

    @Override public Collection<MailAddress> match(Mail mail) {
        return wanted.contains(facts.spf(mail).result()) ? mail.getRecipients() : List.of();
    }
}
