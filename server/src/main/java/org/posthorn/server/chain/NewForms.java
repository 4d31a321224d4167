package org.posthorn.server.chain;

import jakarta.mail.MessagingException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.mailet.PerRecipientHeaders;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.server.spool.Draft;
import org.posthorn.server.spool.NewVariant;
import org.posthorn.server.spool.Spool;

/**
 * The new variants of a message that its parts need: each form is written once, however many recipients get it. Used by
 * one thread.
 */
public final class NewForms implements AutoCloseable {

    private final Spool spool;
    private final int first;
    private final List<NewVariant> made = new ArrayList<>();
    private final Map<Form, Integer> numbers = new HashMap<>();

    /** Forms whose numbers begin with {@code first}. */
    public NewForms(Spool spool, int first) {
        this.spool = spool;
        this.first = first;
    }

    private record Form(Object message, List<PerRecipientHeaders.Header> above, String attributes,
                        Optional<ReversePath> sender) {

        /** By hand: a record's own cost 19,000 cycles for each message that came in. */
        @Override public int hashCode() {
            return 31 * (31 * message.hashCode() + above.hashCode()) + attributes.hashCode();
        }

        @Override public boolean equals(Object other) {
            return other instanceof Form form && message.equals(form.message) && above.equals(form.above)
                && attributes.equals(form.attributes) && sender.equals(form.sender);
        }
    }

    /**
     * The number of a form, which is written unless it was before.
     *
     * @param above header fields to put on top of the message
     * @throws MessagingException when it cannot be written
     */
    public int number(MailMessage message, List<PerRecipientHeaders.Header> above, String attributes)
        throws MessagingException {
        return number(message, above, attributes, Optional.empty());
    }

    /**
     * The number of a form that goes out with a reverse path of its own, which is written unless it was before.
     *
     * @param above header fields to put on top of the message
     * @param sender empty for the message's own
     * @throws MessagingException when it cannot be written
     */
    public int number(MailMessage message, List<PerRecipientHeaders.Header> above, String attributes,
                      Optional<ReversePath> sender) throws MessagingException {
        var form = new Form(message.identity(), List.copyOf(above), attributes, sender);
        var known = numbers.get(form);
        if (known != null) {
            return known;
        }
        var draft = spool.draft();
        try {
            message.writeTo(draft, above);
        } catch (IOException | MessagingException | RuntimeException e) {
            draft.close();
            throw new MessagingException("a changed message cannot be written",
                e);
        }
        return add(form, draft);
    }

    /** The number of a message that is a draft already. */
    public int number(Draft draft, MailMessage message, String attributes) throws MessagingException {
        var form = new Form(message.identity(), List.of(), attributes, Optional.empty());
        var known = numbers.get(form);
        return known != null ? known : add(form, draft);
    }

    private int add(Form form, Draft draft) {
        var number = first + made.size();
        made.add(new NewVariant(draft, form.attributes(), form.sender()));
        numbers.put(form, number);
        return number;
    }

    /** What was written, in the order of the numbers. */
    public List<NewVariant> made() {
        return List.copyOf(made);
    }

    /** Forgets what was written, unless it was committed. */
    @Override public void close() {
        made.forEach(variant -> variant.content().close());
    }
}
