package org.posthorn.protocols.smtp;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.net.Wire;
import org.posthorn.protocols.smtp.SessionEvent.Reason;
import org.posthorn.protocols.wire.ChunkReader;
import org.posthorn.protocols.wire.DotReader;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.protocols.wire.UnixText;

/** DATA and BDAT: the octets of a message in, the final replies out (RFC 5321 section 4.1.1.4, RFC 3030). */
final class MessageExchange {

    private final Wire wire;
    private final SessionSettings settings;
    private final GuardedPorts ports;
    private final Answers answers;
    private final BodyReceiver receiver;

    MessageExchange(Wire wire, SessionSettings settings, GuardedPorts ports, Answers answers) {
        this.wire = wire;
        this.settings = settings;
        this.ports = ports;
        this.answers = answers;
        this.receiver = new BodyReceiver(wire, settings.limits().deadlines(), System::nanoTime);
    }

    /** Whether the transaction goes on. */
    enum After { GOES_ON, OVER }

    After data(Peer peer, Transaction open) throws IOException {
        if (open.isChunked()) {
            answers.wrong(Replies.CHUNKS_BEGUN);
        } else if (open.recipients() == 0) {
            answers.wrong(Replies.RCPT_FIRST);
        } else if (open.parameters().body() == MailParameters.Body.BINARY_MIME) {
            answers.wrong(Replies.BINARY_NEEDS_BDAT);
        } else if (!answers.talksOn()) {
            switch (ports.open(peer, open.envelope())) {
                case GuardedPorts.Opened.Refused(var reply) -> answers.refuse(reply);
                case GuardedPorts.Opened.Ready(var message) -> {
                    return text(peer, open, message);
                }
            }
        }
        return After.GOES_ON;
    }

    private After text(Peer peer, Transaction open, IncomingMessage message) throws IOException {
        try {
            answers.say(Replies.SEND_TEXT);
            answers.flush();
            var text = new UnixText(message::take);
            receiver.receive(new DotReader(wire.in()), settings.tolerance().unixText()
                ? (piece, length) -> text.take(piece, 0, length) : (piece, length) -> message.take(piece, 0, length));
            return finish(peer, open, message);
        } finally {
            message.abandon();
        }
    }

    /** Whatever comes of it, the octets that were announced are read: they are no commands (RFC 3030 section 2). */
    After bdat(Peer peer, Optional<Transaction> transaction, Command.Bdat chunk) throws IOException {
        if (!settings.extensions().contains(Extension.CHUNKING)) {
            answers.leave(Replies.NOT_IMPLEMENTED);
            return After.GOES_ON;
        }
        var octets = new ChunkReader(wire.in(), chunk.octets());
        if (transaction.isEmpty() || transaction.get().recipients() == 0) {
            skip(octets);
            answers.wrong(transaction.isEmpty() ? Replies.MAIL_FIRST : Replies.RCPT_FIRST);
            return After.GOES_ON;
        }
        var open = transaction.get();
        if (open.areChunksRefused()) {
            skip(octets);
            return refuseChunk(open, chunk, Replies.CHUNKS_FAILED);
        }
        if (open.chunks().isEmpty()) {
            switch (ports.open(peer, open.envelope())) {
                case GuardedPorts.Opened.Refused(var reply) -> {
                    skip(octets);
                    return refuseChunk(open, chunk, reply);
                }
                case GuardedPorts.Opened.Ready(var message) -> open.begin(message, receiver.begin());
            }
        }
        var message = open.chunks().orElseThrow();
        receiver.receive(octets, open.began(), (piece, length) -> message.take(piece, 0, length));
        if (chunk.last()) {
            return finish(peer, open, message);
        }
        if (message.refusal().isPresent()) {
            return refuseChunk(open, chunk, message.refusal().get());
        }
        answers.say(Reply.of(250, "2.0.0", chunk.octets() + " octets received"));
        return After.GOES_ON;
    }

    private void skip(ChunkReader octets) throws IOException {
        receiver.receive(octets, (_, _) -> { });
    }

    /** After the last chunk a client waits for the final replies, as many as there would have been. */
    private After refuseChunk(Transaction open, Command.Bdat chunk, Reply reply) throws IOException {
        answers.observe(new SessionEvent.MessageRefused(open.envelope(), reply));
        open.refuseChunks();
        if (!chunk.last()) {
            answers.say(reply);
            return After.GOES_ON;
        }
        for (var each : settings.dialect().finalReplies(List.of(reply), open.recipients())) {
            answers.say(each);
        }
        return After.OVER;
    }

    private After finish(Peer peer, Transaction open, IncomingMessage message) throws IOException {
        var envelope = open.envelope();
        var replies = finalReplies(peer, message.finish(), open.recipients());
        message.refusal().ifPresentOrElse(
            reply -> answers.observe(new SessionEvent.MessageRefused(envelope, reply)),
            () -> answers.observe(new SessionEvent.MessageDone(envelope, message.octets(), replies)));
        answers.messageCame();
        for (var reply : replies) {
            answers.say(reply);
        }
        if (message.isAmbiguous()) {
            // Somebody may be smuggling: what follows is read by nobody.
            answers.close(Reason.DISCONNECTED);
        }
        answers.flush();
        return After.OVER;
    }

    private List<Reply> finalReplies(Peer peer, List<Reply> given, int recipients) {
        try {
            return settings.dialect().finalReplies(given, recipients);
        } catch (RuntimeException e) {
            ports.fault(peer, "incoming.finish", e);
            return settings.dialect().finalReplies(List.of(Replies.INTERNAL), recipients);
        }
    }
}
