package org.posthorn.protocols.client;

import org.posthorn.protocols.client.Conversation.Answer;
import org.posthorn.protocols.client.Trouble.Stage;
import org.posthorn.protocols.smtp.Recipient;

/** Asks whether a server takes a recipient: the beginning of a transaction, which is then taken back. */
final class Callout {

    private Callout() {
    }

    /** From the null sender, as a report would come. */
    static RecipientResult run(Conversation conversation, Offers offers, Recipient recipient) {
        var ascii = recipient.mailbox().isAscii();
        if (!ascii && !offers.has("SMTPUTF8")) {
            return new RecipientResult.NotAccepted(recipient, Commands.needsUtf8());
        }
        var mail = conversation.ask(Stage.MAIL, "MAIL FROM:<>" + (ascii ? "" : " SMTPUTF8"));
        var result = mail instanceof Answer.Said(var reply) && reply.isPositive()
            ? result(recipient, Stage.RCPT, conversation.ask(Stage.RCPT, "RCPT TO:<" + recipient.mailbox() + ">"))
            : result(recipient, Stage.MAIL, mail);
        if (!conversation.isBroken()) {
            conversation.ask(Stage.MAIL, "RSET").trouble(Stage.MAIL).ifPresent(_ -> conversation.close());
        }
        return result;
    }

    private static RecipientResult result(Recipient recipient, Stage stage, Answer answer) {
        return switch (answer) {
            case Answer.Said(var reply) when reply.isPositive() -> new RecipientResult.Accepted(recipient, reply);
            case Answer.Said(var reply) -> new RecipientResult.NotAccepted(recipient, Trouble.said(stage, reply));
            case Answer.Nothing(var trouble) -> new RecipientResult.NotAccepted(recipient, trouble);
        };
    }
}
