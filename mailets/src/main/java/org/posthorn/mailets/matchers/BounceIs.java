package org.posthorn.mailets.matchers;

import jakarta.mail.MessagingException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMatcher;
import org.posthorn.mailets.ReportReading;
import org.posthorn.mailets.port.BounceKind;
import org.posthorn.mailets.port.Described;
import org.posthorn.mailets.port.Manifest;

/**
 * Matches every recipient of a report that tells of such a failure: {@code BounceIs=hard} or {@code BounceIs=full}; of
 * any without a condition (RFC 3464). Who failed and why is noted on the mail for the steps after it.
 */
public final class BounceIs extends GenericMatcher implements Described {

    private static final AttributeName RECIPIENT = AttributeName.of("org.posthorn.bounce.recipient");
    private static final AttributeName KIND = AttributeName.of("org.posthorn.bounce.kind");
    private static final AttributeName NATURE = AttributeName.of("org.posthorn.bounce.nature");
    private static final AttributeName STATUS = AttributeName.of("org.posthorn.bounce.status");

    private Set<String> wanted = Set.of();

    @Override public Manifest manifest() {
        return Manifest.endingAccepted().passing();
    }

    @Override public void init() throws MessagingException {
        var all = Stream.concat(Stream.of(BounceKind.values()).map(BounceKind::word),
            Stream.of(BounceKind.Nature.values()).map(BounceKind.Nature::word)).collect(Collectors.toSet());
        var words = new HashSet<String>();
        for (var word : (getCondition() == null ? "" : getCondition()).toLowerCase(Locale.ROOT).split("[,\\s]+", -1)) {
            if (!word.isEmpty() && !all.contains(word)) {
                throw new MessagingException("BounceIs: there is no kind '" + word + "'; there are "
                    + all.stream().sorted().collect(Collectors.joining(", ")));
            }
            words.add(word);
        }
        words.remove("");
        wanted = Set.copyOf(words);
    }

    @Override public Collection<MailAddress> match(Mail mail) throws MessagingException {
        var report = ReportReading.of(mail);
        if (report.isEmpty()) {
            return List.of();
        }
        var kind = report.get().kind();
        mail.setAttribute(new Attribute(RECIPIENT, AttributeValue.of(report.get().recipient())));
        mail.setAttribute(new Attribute(KIND, AttributeValue.of(kind.word())));
        mail.setAttribute(new Attribute(NATURE, AttributeValue.of(kind.nature().word())));
        mail.setAttribute(new Attribute(STATUS, AttributeValue.of(report.get().status())));
        return wanted.isEmpty() || wanted.contains(kind.word()) || wanted.contains(kind.nature().word())
            ? mail.getRecipients() : List.of();
    }

    @Override public String getMatcherInfo() {
        return "Matches reports of failures";
    }
}
