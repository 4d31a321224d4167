package org.posthorn.mailets.matchers;

import jakarta.mail.MessagingException;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.apache.james.core.MailAddress;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeUtils;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMatcher;

/** Matches every recipient when the mail came by one of the listeners: {@code ListenerIs=lmtp}, several with commas. */
public final class ListenerIs extends GenericMatcher {

    private static final AttributeName LISTENER = AttributeName.of("org.posthorn.listener");

    private List<String> names = List.of();

    @Override public void init() throws MessagingException {
        var condition = getCondition() == null ? "" : getCondition();
        names = Stream.of(condition.split("[,\\s]+")).filter(name -> !name.isEmpty()).toList();
        if (names.isEmpty()) {
            throw new MessagingException("ListenerIs needs the name of a listener in listeners.xml, such as lmtp");
        }
    }

    @Override public Collection<MailAddress> match(Mail mail) {
        var listener = AttributeUtils.getValueAndCastFromMail(mail, LISTENER, String.class).orElse("");
        return names.contains(listener) ? mail.getRecipients() : List.of();
    }
}
