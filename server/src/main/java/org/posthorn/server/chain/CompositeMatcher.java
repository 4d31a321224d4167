package org.posthorn.server.chain;

import jakarta.mail.MessagingException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Mail;
import org.apache.mailet.Matcher;
import org.apache.mailet.MatcherConfig;

/** Several matchers as one: And, Or, Not, Xor. Each child is asked about the whole mail. */
final class CompositeMatcher implements Matcher {

    private final Combination combination;
    private final List<Child> children;
    private final MatcherConfig config;

    CompositeMatcher(Combination combination, List<Child> children, MatcherConfig config) {
        this.combination = combination;
        this.children = List.copyOf(children);
        this.config = config;
    }

    /** How the children's answers become one. */
    enum Combination {

        /** Whom all of them name. */
        AND,
        /** Whom at least one names. */
        OR,
        /** Whom none names. */
        NOT,
        /** Whom an odd number names: with two children, exactly one. */
        XOR;

        private static final String JAMES = "org.apache.james.mailetcontainer.impl.matchers.";

        /** The combination that a {@code match} names, short or with James's package. */
        static Optional<Combination> named(String match) {
            var name = match.startsWith(JAMES) ? match.substring(JAMES.length()) : match;
            return switch (name) {
                case "And", "Or", "Not", "Xor" -> Optional.of(valueOf(name.toUpperCase(Locale.ROOT)));
                default -> Optional.empty();
            };
        }
    }

    /**
     * One of the matchers.
     *
     * @param inverted whether it stands under {@code notmatch}
     */
    record Child(Matcher matcher, boolean inverted) {
    }

    List<Child> children() {
        return children;
    }

    @Override public Collection<MailAddress> match(Mail mail) throws MessagingException {
        Set<MailAddress> result = new LinkedHashSet<>();
        var first = true;
        for (var child : children) {
            var named = new LinkedHashSet<>(Matching.of(child.matcher, child.inverted, mail));
            switch (combination) {
                case AND -> result = first ? named : and(result, named);
                case OR, NOT -> result.addAll(named);
                case XOR -> result = xor(result, named);
            }
            first = false;
            if (combination == Combination.AND && result.isEmpty()) {
                return List.of();   // the rest need not be asked
            }
        }
        if (combination == Combination.NOT) {
            var none = new LinkedHashSet<>(mail.getRecipients());
            none.removeAll(result);
            return none;
        }
        return result;
    }

    private static Set<MailAddress> and(Set<MailAddress> one, Set<MailAddress> other) {
        var both = new LinkedHashSet<>(one);
        both.retainAll(other);
        return both;
    }

    private static Set<MailAddress> xor(Set<MailAddress> one, Set<MailAddress> other) {
        var result = new LinkedHashSet<>(one);
        other.forEach(address -> {
            if (!result.remove(address)) {
                result.add(address);
            }
        });
        return result;
    }

    @Override public void init(MatcherConfig config) {
        // The children are ready when they come here.
    }

    @Override public void destroy() {
        children.forEach(child -> child.matcher.destroy());
    }

    @Override public MatcherConfig getMatcherConfig() {
        return config;
    }

    @Override public String getMatcherInfo() {
        return combination + " of " + children.size() + " matchers";
    }
}
