package org.posthorn.server.chain;

import java.util.Optional;
import org.apache.mailet.MailetContext;
import org.apache.mailet.MatcherConfig;

/**
 * A {@code match} attribute, split at the first {@code =}.
 *
 * @param name the matcher's class, as written
 * @param condition what it is to match; empty without {@code =}
 */
record Condition(String name, Optional<String> condition, MailetContext context) implements MatcherConfig {

    static Condition parse(String match, MailetContext context) {
        var at = match.indexOf('=');
        return at < 0 ? new Condition(match.strip(), Optional.empty(), context)
            : new Condition(match.substring(0, at).strip(), Optional.of(match.substring(at + 1)), context);
    }

    @Override public String getCondition() {
        return condition.orElse(null);   // as the Mailet API wants it
    }

    @Override public MailetContext getMailetContext() {
        return context;
    }

    @Override public String getMatcherName() {
        return name;
    }
}
