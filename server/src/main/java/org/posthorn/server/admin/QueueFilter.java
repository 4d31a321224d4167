package org.posthorn.server.admin;

import java.util.Optional;
import java.util.function.Predicate;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.SpooledMessage;
import org.posthorn.server.users.Names;

/**
 * Which messages, and which recipients of them, an operator wants to see.
 *
 * @param sender of messages
 * @param recipient of a message's recipients
 */
record QueueFilter(Predicate<String> sender, Predicate<QueuedRecipient> recipient) {

    static QueueFilter of(Request request) {
        var sender = request.optional("sender").map(text -> text.equals("<>") ? "" : text);
        var recipient = request.optional("recipient");
        var domain = request.optional("domain").map(Names::domain);
        var held = request.optional("held");
        var state = request.optional("state").map(QueuePages.State::named);
        return new QueueFilter(
            text -> sender.map(text::equalsIgnoreCase).orElse(true),
            one -> !one.state().isFinal()
                && recipient.map(one.recipient().mailbox().toString()::equalsIgnoreCase).orElse(true)
                && domain.map(one.recipient().mailbox().domain()::equalsIgnoreCase).orElse(true)
                && held.map(name -> QueueApi.isHeld(name, one)).orElse(true)
                && state.map(wanted -> wanted == QueuePages.State.of(one.state())).orElse(true));
    }

    /** The message with the recipients that are wanted; empty when it is not wanted, or none of them. */
    Optional<SpooledMessage> matching(SpooledMessage message) {
        if (!sender.test(message.origin().sender().toString())) {
            return Optional.empty();
        }
        var wanted = message.recipients().stream().filter(recipient).toList();
        return wanted.isEmpty() ? Optional.empty()
            : Optional.of(new SpooledMessage(message.id(), message.origin(), message.variants(), wanted));
    }
}
