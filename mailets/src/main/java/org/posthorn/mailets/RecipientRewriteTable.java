package org.posthorn.mailets;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Mail;
import org.apache.mailet.PerRecipientHeaders;
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
 * Puts those in a recipient's place for whom it stands: aliases, forwards, domain aliases, catch-all, and the sender
 * behind a rewritten return path. After the 250 only.
 *
 * <p>An alias that lists itself keeps a copy. What leads back to where it came from is cut, and the history names the
 * circle; where nothing else is left the recipient fails with 5.4.6. A copy that leaves this server says in {@code
 * Delivered-To} whose it was: a mail that comes back with it has gone in a circle (RFC 5321 section 6.3). A mail that
 * passes a second time, after a deferral, is not rewritten again.
 *
 * <p>Parameters: {@code limit}, how many addresses one recipient may become, default 1000; {@code depth}, through how
 * many aliases one after the other, default 20; {@code total}, how many recipients a message may have with those that
 * were put in, default 10000. More fails with 5.2.4. Parameter {@code
 * errorProcessor}: where recipients that fail are sent instead.
 */
public final class RecipientRewriteTable extends GenericMailet implements Described {

    private static final String DELIVERED_TO = "Delivered-To";
    private static final int HIGHEST_LIMIT = 100_000;

    private final Residents residents;
    private final Disposition disposition;
    private AliasWalk.Limits limits = new AliasWalk.Limits(1000, Residents.MOST_ALIASES);   // replaced by init
    private int total;
    private Optional<String> errorProcessor = Optional.empty();

    @Inject
    RecipientRewriteTable(Residents residents, Disposition disposition) {
        this.residents = residents;
        this.disposition = disposition;
    }

    @Override public Manifest manifest() {
        return new Manifest(Set.of("limit", "depth", "total", "errorProcessor"), Set.of(Stage.ACCEPTED), false);
    }

    @Override public void init() throws MessagingException {
        limits = new AliasWalk.Limits(number("limit", 1000), number("depth", Residents.MOST_ALIASES));
        total = number("total", 10_000);
        errorProcessor = Optional.ofNullable(getInitParameter("errorProcessor"));
    }

    private int number(String name, int standard) throws MessagingException {
        var written = getInitParameter(name, String.valueOf(standard));
        try {
            var number = Integer.parseInt(written);
            if (number >= 1 && number <= HIGHEST_LIMIT) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new MessagingException("RecipientRewriteTable: <" + name + "> must be a number, found '" + written
                + "'", e);
        }
        throw new MessagingException("RecipientRewriteTable: <" + name + "> must be 1 to 100000, found '" + written
            + "'");
    }

    @Override public Collection<ProcessingState> requiredProcessingState() {
        return errorProcessor.map(ProcessingState::new).map(List::of).orElse(List.of());
    }

    @Override public void service(Mail mail) throws MessagingException {
        var passed = Optional.<List<String>>empty();
        var origins = RewrittenNote.of(mail);
        var instead = new LinkedHashMap<MailAddress, List<MailAddress>>();
        var come = new LinkedHashMap<MailAddress, MailAddress>();
        for (var recipient : List.copyOf(mail.getRecipients())) {
            if (origins.isNoted(recipient)
                || !(residents.standing(recipient) instanceof Residents.Standing.Alias)) {
                continue;
            }
            passed = passed.isPresent() ? passed : Optional.of(deliveredTo(mail));
            var found = AliasWalk.from(recipient, residents, limits);
            var refusal = refusal(recipient, found, passed.get(), mail.getRecipients().size() + come.size());
            if (refusal.isPresent()) {
                fail(mail, recipient, refusal.get());
                continue;
            }
            if (!found.circle().isEmpty()) {
                disposition.note(mail, recipient, "circle-cut", AliasWalk.text(found.circle()));
            }
            instead.put(recipient, List.copyOf(found.ends().keySet()));
            found.ends().forEach(come::putIfAbsent);
        }
        if (!instead.isEmpty()) {
            disposition.rewrite(mail, instead);
            origins.with(come).writeTo(mail);
        }
        mark(mail);
    }

    /** Why the recipient cannot be replaced by what was found; empty when it can. */
    private Optional<String> refusal(MailAddress recipient, AliasWalk.Found found, List<String> passed, int others) {
        var before = found.aliases().stream().map(MailAddress::asString)
            .filter(alias -> passed.stream().anyMatch(alias::equalsIgnoreCase)).findFirst();
        if (before.isPresent()) {
            return Optional.of("554 5.4.6 Mail for " + before.get()
                + " goes in a circle: it was forwarded from here before");
        }
        if (found.failure().isPresent()) {
            return Optional.of("554 5.2.4 " + recipient.asString() + " " + found.failure().get());
        }
        if (found.ends().isEmpty()) {
            return Optional.of("554 5.4.6 Mail for " + recipient.asString() + " goes in a circle: "
                + AliasWalk.text(found.circle()));
        }
        return others - 1 + found.ends().size() > total
            ? Optional.of("554 5.2.4 With " + recipient.asString() + " the message would go to more than " + total
                + " addresses") : Optional.empty();
    }

    /** Splits a recipient off: the rest of the mail goes on without it. */
    private void fail(Mail mail, MailAddress recipient, String reply) throws MessagingException {
        var ascii = reply.replaceAll("[^ -~]", "?");
        disposition.answer(mail, List.of(recipient), errorProcessor.isPresent()
            ? new Answer.Enter(errorProcessor.get())
            : new Answer.Reject(ReplyText.of("RecipientRewriteTable", ascii, ReplyText.PERMANENT)));
    }

    /** Whose copies this message was before. */
    private static List<String> deliveredTo(Mail mail) throws MessagingException {
        var all = mail.getMessage().getHeader(DELIVERED_TO);
        var addresses = new ArrayList<String>();
        for (var value : all == null ? new String[0] : all) {
            var text = value.strip();
            addresses.add(text.startsWith("<") && text.endsWith(">") ? text.substring(1, text.length() - 1) : text);
        }
        return addresses;
    }

    /** The copies that leave say whose they were; those that stay here get that from the delivery. */
    private void mark(Mail mail) {
        var origins = RewrittenNote.of(mail).origins();
        for (var recipient : origins.isEmpty() ? List.<MailAddress>of() : mail.getRecipients()) {
            var alias = origins.get(recipient.asString());
            if (alias != null && residents.standing(recipient) instanceof Residents.Standing.Foreign
                && !isMarked(mail, recipient)) {
                mail.addSpecificHeaderForRecipient(PerRecipientHeaders.Header.builder()
                    .name(DELIVERED_TO).value(alias).build(), recipient);
            }
        }
    }

    private static boolean isMarked(Mail mail, MailAddress recipient) {
        return mail.getPerRecipientSpecificHeaders().getHeaderNamesForRecipient(recipient).contains(DELIVERED_TO);
    }

    @Override public String getMailetInfo() {
        return "RecipientRewriteTable";
    }
}
