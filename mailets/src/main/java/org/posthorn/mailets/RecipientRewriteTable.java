package org.posthorn.mailets;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeUtils;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.ProcessingState;
import org.apache.mailet.base.GenericMailet;
import org.posthorn.mailets.port.Answer;
import org.posthorn.mailets.port.Described;
import org.posthorn.mailets.port.Disposition;
import org.posthorn.mailets.port.Manifest;
import org.posthorn.mailets.port.ReplyText;
import org.posthorn.mailets.port.Residents;
import org.posthorn.mailets.port.Stage;

/**
 * Puts those in a recipient's place for whom it stands: aliases, forwards, catch-all. After the 250 only.
 *
 * <p>An alias that lists itself keeps a copy. What leads back to where it came from is cut; where nothing else is left
 * the recipient fails with 5.4.6. A mail that passes a second time, after a deferral, is not rewritten again.
 *
 * <p>Parameter {@code limit}: how many addresses one recipient may become, default 1000; more fail with 5.4.6.
 * Parameter {@code errorProcessor}: where recipients that fail are sent instead.
 */
public final class RecipientRewriteTable extends GenericMailet implements Described {

    private static final AttributeName DONE = AttributeName.of("org.posthorn.rewritten");
    private static final int HIGHEST_LIMIT = 100_000;

    private final Residents residents;
    private final Disposition disposition;
    private int limit;
    private Optional<String> errorProcessor = Optional.empty();

    @Inject
    RecipientRewriteTable(Residents residents, Disposition disposition) {
        this.residents = residents;
        this.disposition = disposition;
    }

    @Override public Manifest manifest() {
        return new Manifest(Set.of("limit", "errorProcessor"), Set.of(Stage.ACCEPTED), false);
    }

    @Override public void init() throws MessagingException {
        var written = getInitParameter("limit", "1000");
        try {
            limit = Integer.parseInt(written);
        } catch (NumberFormatException e) {
            throw new MessagingException("RecipientRewriteTable: <limit> must be a number, found '" + written + "'", e);
        }
        errorProcessor = Optional.ofNullable(getInitParameter("errorProcessor"));
        if (limit < 1 || limit > HIGHEST_LIMIT) {
            throw new MessagingException("RecipientRewriteTable: <limit> must be 1 to 100000, found '" + written + "'");
        }
    }

    @Override public Collection<ProcessingState> requiredProcessingState() {
        return errorProcessor.map(ProcessingState::new).map(List::of).orElse(List.of());
    }

    @Override public void service(Mail mail) throws MessagingException {
        var done = done(mail);
        var instead = new LinkedHashMap<MailAddress, List<MailAddress>>();
        var looping = new ArrayList<MailAddress>();
        for (var recipient : mail.getRecipients()) {
            if (!done.contains(recipient.asString())
                && residents.standing(recipient) instanceof Residents.Standing.Alias) {
                var targets = expand(recipient);
                if (targets.isEmpty()) {
                    looping.add(recipient);
                } else {
                    instead.put(recipient, List.copyOf(targets));
                }
            }
        }
        if (!looping.isEmpty()) {
            fail(mail, looping);
        }
        if (!instead.isEmpty()) {
            disposition.rewrite(mail, instead);
            note(mail, done, instead);
        }
    }

    /** Whom the address stands for in the end; empty when it only leads back to itself, or to too many. */
    private Set<MailAddress> expand(MailAddress recipient) {
        var found = new LinkedHashSet<MailAddress>();
        var seen = new HashSet<MailAddress>();
        var open = new ArrayDeque<MailAddress>();
        open.add(recipient);
        seen.add(recipient);
        while (!open.isEmpty()) {
            var address = open.poll();
            if (residents.standing(address) instanceof Residents.Standing.Alias(var targets)) {
                for (var target : targets) {
                    if (target.equals(address)) {
                        found.add(target);   // it lists itself: keep a copy
                    } else if (seen.add(target)) {
                        open.add(target);
                    }
                }
            } else {
                found.add(address);
            }
            if (found.size() + open.size() > limit) {
                return Set.of();
            }
        }
        return found;
    }

    /** Splits the looping recipients off: the rest of the mail goes on without them. */
    private void fail(Mail mail, Collection<MailAddress> looping) throws MessagingException {
        disposition.answer(mail, looping, errorProcessor.isPresent() ? new Answer.Enter(errorProcessor.get())
            : new Answer.Reject(ReplyText.of("RecipientRewriteTable",
                "554 5.4.6 The address leads back to itself, or to too many others", ReplyText.PERMANENT)));
    }

    private static Set<String> done(Mail mail) {
        var done = new LinkedHashSet<String>();
        AttributeUtils.getValueAndCastFromMail(mail, DONE, Collection.class).ifPresent(values -> {
            for (var value : values) {
                if (value instanceof AttributeValue<?> written) {
                    done.add(String.valueOf(written.value()));
                }
            }
        });
        return done;
    }

    private static void note(Mail mail, Set<String> before, Map<MailAddress, List<MailAddress>> instead) {
        var done = new LinkedHashSet<>(before);
        instead.values().forEach(targets -> targets.forEach(target -> done.add(target.asString())));
        Collection<AttributeValue<?>> values = new ArrayList<>();
        done.forEach(address -> values.add(AttributeValue.of(address)));
        mail.setAttribute(new Attribute(DONE, AttributeValue.of(values)));
    }

    @Override public String getMailetInfo() {
        return "RecipientRewriteTable";
    }
}
