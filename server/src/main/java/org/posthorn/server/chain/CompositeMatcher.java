package org.posthorn.server.chain;

import jakarta.mail.MessagingException;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
        return switch (combination) {
            case AND -> all(mail);
            case OR -> any(mail);
            case NOT -> {
                var named = any(mail);
                yield named.isEmpty() ? mail.getRecipients() : without(mail.getRecipients(), named);
            }
            case XOR -> odd(mail);
        };
    }

    /** Whom all name. As a rule each names all of the mail or nobody, and then nothing is copied. */
    private Collection<MailAddress> all(Mail mail) throws MessagingException {
        Collection<MailAddress> left = mail.getRecipients();
        for (var child : children) {
            var named = Matching.of(child.matcher, child.inverted, mail);
            if (named.isEmpty()) {
                return named;   // the rest need not be asked
            }
            if (named.size() < left.size() || left.size() < mail.getRecipients().size()) {
                left = both(left, named);
            }
            if (left.isEmpty()) {
                return left;
            }
        }
        return left;
    }

    /** Whom one names; each is asked. */
    private Collection<MailAddress> any(Mail mail) throws MessagingException {
        Collection<MailAddress> named = List.of();
        for (var child : children) {
            var more = Matching.of(child.matcher, child.inverted, mail);
            if (named.isEmpty()) {
                named = more;
            } else if (!more.isEmpty() && named.size() < mail.getRecipients().size()) {
                var together = new LinkedHashSet<>(named);
                together.addAll(more);
                named = together;
            }
        }
        return named;
    }

    private Collection<MailAddress> odd(Mail mail) throws MessagingException {
        var result = new LinkedHashSet<MailAddress>();
        for (var child : children) {
            for (var address : Matching.of(child.matcher, child.inverted, mail)) {
                if (!result.remove(address)) {
                    result.add(address);
                }
            }
        }
        return result;
    }

    private static Collection<MailAddress> both(Collection<MailAddress> one, Collection<MailAddress> other) {
        var both = new LinkedHashSet<>(one);
        both.retainAll(new HashSet<>(other));
        return both;
    }

    private static Collection<MailAddress> without(Collection<MailAddress> all, Collection<MailAddress> some) {
        var left = new LinkedHashSet<>(all);
        some.forEach(left::remove);
        return left;
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
