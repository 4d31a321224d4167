package org.posthorn.protocols.client;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.client.Conversation.Answer;
import org.posthorn.protocols.client.Trouble.Stage;
import org.posthorn.protocols.mime.SevenBit;
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
 * 2920 section 3.1); with few recipients all that comes before the text is one write. Their replies, 512 octets each at
 * most, fit into any receive buffer, so neither side can come to wait for the other with both buffers full.
 */
final class Transaction {

    private static final int WINDOW = 50;
    private static final int BLOCK = 65_536;

    private final Conversation conversation;
    private final Offers offers;
    private final Dialect dialect;
    private final EightBit eightBit;
    private Content content;
    private boolean converted;
    private final List<Slot> slots = new ArrayList<>();
    private Optional<Trouble> mailTrouble = Optional.empty();
    private int accepted;

    Transaction(Conversation conversation, Offers offers, Dialect dialect, Content content, EightBit eightBit) {
        this.conversation = conversation;
        this.offers = offers;
        this.dialect = dialect;
        this.content = content;
        this.eightBit = eightBit;
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

        void settle(Stage stage, Answer answer, boolean dsn) {
            switch (answer) {
                case Answer.Said(var reply) when reply.isPositive() ->
                    result = Optional.of(new RecipientResult.Accepted(recipient, reply, dsn));
                case Answer.Said(var reply) -> settle(Trouble.said(stage, reply));
                case Answer.Nothing(var trouble) -> settle(trouble);
            }
        }
    }

    /** A command and what to do with its answer. */
    private record Step(Stage stage, String command, Optional<Slot> slot) {

        static final Step RESET = new Step(Stage.MAIL, "RSET", Optional.empty());

        boolean isReset() {
            return command.equals(RESET.command);
        }
    }

    List<RecipientResult> run(Envelope envelope, Instant now) throws IOException {
        for (var recipient : envelope.recipients()) {
            slots.add(new Slot(recipient));
        }
        var handling = HandlingWords.of(HandlingWords.asked(envelope), offers, dialect, now);
        switch (handling) {
            case HandlingWords.Refused(var trouble) -> settleAll(trouble);
            case HandlingWords.Said(var words) -> {
                switch (Commands.plan(envelope, content, offers, eightBit)) {
                    case Commands.Plan.Refuse(var trouble) -> settleAll(trouble);
                    case Commands.Plan.Send(var commands, var form) -> {
                        converted = form instanceof SevenBit;
                        content = form;
                        run(commands.and(words));
                    }
                }
            }
        }
        var results = new ArrayList<RecipientResult>(slots.size());
        for (var slot : slots) {
            results.add(slot.result.orElseThrow());
        }
        return results;
    }

    /** Whether the message was given another form than it has. */
    boolean wasConverted() {
        return converted;
    }

    private void run(Commands commands) throws IOException {
        var steps = steps(commands);
        if (steps.isEmpty()) {
            return;
        }
        conversation.clean(false);
        var window = offers.has("PIPELINING") ? WINDOW : 1;
        for (var from = 0; from < steps.size() && mailTrouble.isEmpty(); from += window) {
            var end = Math.min(from + window, steps.size());
            for (var i = from; i < end; i++) {
                conversation.send(steps.get(i).stage(), steps.get(i).command());
            }
            // DATA travels with the last RCPT; when none is taken in the end, an empty message undoes it.
            var last = end == steps.size();
            var dataSent = last && window > 1 && !commands.chunked();
            if (dataSent) {
                conversation.send(Stage.DATA, "DATA");
            }
            for (var i = from; i < end; i++) {
                hear(steps.get(i));
            }
            if (last && anyAccepted()) {
                transfer(commands, dataSent);
            } else if (dataSent) {
                undoData();
            }
        }
        mailTrouble.ifPresent(this::settleAll);
    }

    /** MAIL and a RCPT for each that can be named to this server; none where nobody can. */
    private List<Step> steps(Commands commands) {
        var steps = new ArrayList<Step>(slots.size() + 2);
        if (!conversation.isClean()) {
            steps.add(Step.RESET);
        }
        steps.add(new Step(Stage.MAIL, commands.mail(), Optional.empty()));
        var before = steps.size();
        for (var slot : slots) {
            var refused = commands.refuses(slot.recipient);
            if (refused.isPresent()) {
                slot.settle(refused.get());
            } else {
                steps.add(new Step(Stage.RCPT, commands.rcpt(slot.recipient), Optional.of(slot)));
            }
        }
        return steps.size() == before ? List.of() : steps;
    }

    private boolean anyAccepted() {
        return mailTrouble.isEmpty() && accepted > 0;
    }

    private void hear(Step step) {
        var answer = conversation.hear(step.stage());
        if (step.isReset()) {
            mailTrouble = refusal(Stage.MAIL, answer).map(this::notReset);
        } else if (mailTrouble.isPresent()) {
            return;
        } else if (step.slot().isEmpty()) {
            mailTrouble = refusal(Stage.MAIL, answer);
        } else {
            var slot = step.slot().get();
            var refusal = refusal(Stage.RCPT, answer);
            if (refusal.isPresent()) {
                slot.settle(tooManyIsTemporary(refusal.get()));
            } else {
                slot.accepted = true;
                accepted++;
            }
        }
    }

    /** Who knows what it remembers then: the text could come to the last message's recipients. No verdict on ours. */
    private Trouble notReset(Trouble trouble) {
        conversation.close();
        return trouble.isPermanent() ? new Trouble(Stage.MAIL, Optional.empty(), "RSET was answered " + trouble.why())
            : trouble;
    }

    /** Anything but 2yz. A 3yz where none belongs is not understood, and so temporary. */
    private static Optional<Trouble> refusal(Stage stage, Answer answer) {
        return answer instanceof Answer.Said(var reply) && !reply.isPositive()
            ? Optional.of(Trouble.said(stage, reply)) : answer.trouble(stage);
    }

    /**
     * RFC 5321 section 4.5.3.1.10: 552 to RCPT is what older servers say for 452, too many recipients. Where the status
     * clearly says something else, a full mailbox (5.2.2) as a rule, it is what it says.
     */
    private static Trouble tooManyIsTemporary(Trouble trouble) {
        return trouble.reply().filter(reply -> reply.code() == 552
                && reply.status().filter(Transaction::isOfAnotherKind).isEmpty())
            .map(reply -> new Trouble(trouble.stage(), Optional.of(new Reply(452,
                Optional.of(new EnhancedStatus(4, 5, 3)), reply.lines())), trouble.why()))
            .orElse(trouble);
    }

    /** About the address, the mailbox, the message's size or a policy (RFC 3463 section 3), not the number of them. */
    private static boolean isOfAnotherKind(EnhancedStatus status) {
        return switch (status.subject()) {
            case 1, 2, 7 -> true;
            case 3 -> status.detail() == 4;
            default -> false;
        };
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
        hearVerdict(commands.dsn());
    }

    private void hearVerdict(boolean dsn) {
        var whole = true;
        var answer = Optional.<Answer>empty();
        for (var slot : slots) {
            if (slot.accepted) {
                if (answer.isEmpty() || dialect.repliesPerRecipient()) {
                    answer = Optional.of(conversation.hear(Stage.DOT));
                }
                slot.settle(Stage.DOT, answer.get(), dsn);
                whole &= answer.get() instanceof Answer.Said(var reply) && reply.isPositive();
            }
        }
        // After a refusal of BDAT the state is said to be anything (RFC 3030 section 2); so the rule is one for both.
        conversation.clean(whole && dialect.forgetsAfterText());
    }

    private void refuseData(Answer answer) {
        settleAll(answer.trouble(Stage.DATA).orElseGet(
            () -> new Trouble(Stage.DATA, Optional.empty(), "the answer to DATA was neither 354 nor a refusal")));
        if (answer instanceof Answer.Said(var reply) && reply.isPositive()) {
            conversation.close();   // who knows what it waits for
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
                if (copy(in, text::write)) {
                    conversation.transmit(text::finish);
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
        for (var slot : slots) {
            slot.settle(trouble);
        }
    }
}
