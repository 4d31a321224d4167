package org.posthorn.protocols.client;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.client.Conversation.Answer;
import org.posthorn.protocols.client.Trouble.Stage;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.wire.Content;
import org.posthorn.protocols.wire.DotWriter;
import org.posthorn.protocols.wire.EnhancedStatus;
import org.posthorn.protocols.wire.Reply;

/**
 * One mail transaction (RFC 5321 section 3.3).
 *
 * <p>Where the server offers PIPELINING, up to {@link #WINDOW} commands are sent before their replies are read (RFC
 * 2920 section 3.1). Their replies, 512 octets each at most, fit into any receive buffer, so neither side can come to
 * wait for the other with both buffers full.
 */
final class Transaction {

    private static final int WINDOW = 50;
    private static final int BLOCK = 65_536;

    private final Conversation conversation;
    private final Offers offers;
    private final Dialect dialect;
    private final Content content;
    private final List<Slot> slots = new ArrayList<>();
    private Optional<Trouble> mailTrouble = Optional.empty();

    Transaction(Conversation conversation, Offers offers, Dialect dialect, Content content) {
        this.conversation = conversation;
        this.offers = offers;
        this.dialect = dialect;
        this.content = content;
    }

    /** One recipient and what is known of it so far. */
    private static final class Slot {
        private final Recipient recipient;
        private Optional<RecipientResult> result = Optional.empty();
        private boolean accepted;

        Slot(Recipient recipient) {
            this.recipient = recipient;
        }

        void settle(Trouble trouble) {
            if (result.isEmpty()) {
                result = Optional.of(new RecipientResult.NotAccepted(recipient, trouble));
            }
        }

        void settle(Stage stage, Answer answer) {
            switch (answer) {
                case Answer.Said(var reply) when reply.isPositive() ->
                    result = Optional.of(new RecipientResult.Accepted(recipient, reply));
                case Answer.Said(var reply) -> settle(new Trouble(stage, Optional.of(reply), reply.toString()));
                case Answer.Nothing(var trouble) -> settle(trouble);
            }
        }
    }

    /** A command and what to do with its answer. */
    private record Step(Stage stage, String command, Slot slot) {
    }

    List<RecipientResult> run(Envelope envelope) throws IOException {
        envelope.recipients().forEach(recipient -> slots.add(new Slot(recipient)));
        switch (Commands.plan(envelope, content, offers)) {
            case Commands.Plan.Refuse(var trouble) -> settleAll(trouble);
            case Commands.Plan.Send(var commands) -> run(commands);
        }
        return slots.stream().map(slot -> slot.result.orElseThrow()).toList();
    }

    private void run(Commands commands) throws IOException {
        var steps = new ArrayList<Step>();
        steps.add(new Step(Stage.MAIL, commands.mail(), new Slot(slots.getFirst().recipient)));
        for (var slot : slots) {
            var refused = commands.refuses(slot.recipient);
            refused.ifPresent(slot::settle);
            if (refused.isEmpty()) {
                steps.add(new Step(Stage.RCPT, commands.rcpt(slot.recipient), slot));
            }
        }
        if (steps.size() == 1) {
            return;
        }
        var window = offers.has("PIPELINING") ? WINDOW : 1;
        for (var from = 0; from < steps.size() && mailTrouble.isEmpty(); from += window) {
            var some = steps.subList(from, Math.min(from + window, steps.size()));
            var last = from + window >= steps.size();
            some.forEach(step -> conversation.send(step.stage(), step.command()));
            // DATA travels with the last RCPT; when none is taken in the end, an empty message undoes it.
            var dataSent = last && window > 1 && !commands.chunked();
            if (dataSent) {
                conversation.send(Stage.DATA, "DATA");
            }
            some.forEach(this::hear);
            if (last && anyAccepted()) {
                transfer(commands, dataSent);
            } else if (dataSent) {
                undoData();
            }
        }
        mailTrouble.ifPresent(this::settleAll);
        if (!anyAccepted() && !conversation.isBroken()) {
            conversation.ask(Stage.MAIL, "RSET").trouble(Stage.MAIL).ifPresent(_ -> conversation.close());
        }
    }

    private boolean anyAccepted() {
        return mailTrouble.isEmpty() && slots.stream().anyMatch(slot -> slot.accepted);
    }

    private void hear(Step step) {
        var answer = conversation.hear(step.stage());
        if (step.stage() == Stage.MAIL) {
            mailTrouble = refusal(Stage.MAIL, answer);
        } else if (mailTrouble.isEmpty()) {
            var refusal = refusal(Stage.RCPT, answer).map(Transaction::tooManyIsTemporary);
            refusal.ifPresent(step.slot()::settle);
            step.slot().accepted = refusal.isEmpty();
        }
    }

    /** Anything but 2yz. A 3yz where none belongs is not understood, and so temporary. */
    private static Optional<Trouble> refusal(Stage stage, Answer answer) {
        return answer instanceof Answer.Said(var reply) && !reply.isPositive()
            ? Optional.of(new Trouble(stage, Optional.of(reply), reply.toString())) : answer.trouble(stage);
    }

    /** RFC 5321 section 4.5.3.1.10: 552 to RCPT is what older servers say for 452, too many recipients. */
    private static Trouble tooManyIsTemporary(Trouble trouble) {
        return trouble.reply().filter(reply -> reply.code() == 552)
            .map(reply -> new Trouble(trouble.stage(), Optional.of(new Reply(452,
                Optional.of(new EnhancedStatus(4, 5, 3)), reply.lines())), trouble.why()))
            .orElse(trouble);
    }

    /** The server may have said 354 although it took no recipient: then it waits for a text (RFC 2920 section 3.1). */
    private void undoData() {
        if (conversation.hear(Stage.DATA) instanceof Answer.Said(var reply) && reply.code() / 100 == 3) {
            conversation.ask(Stage.DOT, ".");
        }
    }

    private void transfer(Commands commands, boolean dataSent) throws IOException {
        if (commands.chunked()) {
            conversation.send(Stage.DOT, "BDAT " + content.octets() + " LAST");
            write(false);
        } else {
            if (!dataSent) {
                conversation.send(Stage.DATA, "DATA");
            }
            var answer = conversation.hear(Stage.DATA);
            if (!(answer instanceof Answer.Said(var reply)) || reply.code() / 100 != 3) {
                refuseData(answer);
                return;
            }
            write(true);
        }
        if (dialect.repliesPerRecipient()) {
            slots.stream().filter(slot -> slot.accepted)
                .forEach(slot -> slot.settle(Stage.DOT, conversation.hear(Stage.DOT)));
        } else {
            var answer = conversation.hear(Stage.DOT);
            slots.stream().filter(slot -> slot.accepted).forEach(slot -> slot.settle(Stage.DOT, answer));
        }
    }

    private void refuseData(Answer answer) {
        settleAll(answer.trouble(Stage.DATA).orElseGet(
            () -> new Trouble(Stage.DATA, Optional.empty(), "the answer to DATA was neither 354 nor a refusal")));
        if (answer instanceof Answer.Said(var reply) && reply.isPositive()) {
            conversation.close();   // who knows what it waits for
        } else if (!conversation.isBroken()) {
            conversation.ask(Stage.MAIL, "RSET").trouble(Stage.MAIL).ifPresent(_ -> conversation.close());
        }
    }

    /** Sends the octets. When they cannot be read the connection is closed: an ended text would be taken for whole. */
    private void write(boolean dotted) throws IOException {
        if (conversation.isBroken()) {
            return;
        }
        try (var in = content.open()) {
            if (dotted) {
                var text = new DotWriter(conversation.wire().out());
                var lines = new CrlfOutput(text);
                if (copy(in, lines::write)) {
                    conversation.transmit(() -> {
                        lines.finish();
                        text.finish();
                    });
                }
            } else {
                copy(in, conversation.wire().out()::write);
            }
        } catch (IOException e) {
            conversation.close();
            throw e;
        }
    }

    /** Takes one block of the text to the far side. */
    private interface Block {
        void write(byte[] octets, int offset, int length) throws IOException;
    }

    /** Copies all; false when the far side did not take it. Only reading throws. */
    private boolean copy(InputStream in, Block block) throws IOException {
        var octets = new byte[Math.clamp(content.octets(), 1, BLOCK)];
        for (var length = in.read(octets); length >= 0; length = in.read(octets)) {
            var count = length;
            if (!conversation.transmit(() -> block.write(octets, 0, count))) {
                return false;
            }
        }
        return true;
    }

    private void settleAll(Trouble trouble) {
        slots.forEach(slot -> slot.settle(trouble));
    }
}
