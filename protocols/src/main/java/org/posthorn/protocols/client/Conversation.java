package org.posthorn.protocols.client;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.posthorn.protocols.net.Wire;
import org.posthorn.protocols.wire.Reply;

/**
 * Commands out, replies in, over one wire. After the first failure it is broken: every answer from then on tells that
 * same failure, and nothing is sent any more. Used by one thread.
 */
final class Conversation {

    private final Wire wire;
    private final ClientDeadlines deadlines;
    private Optional<String> broken = Optional.empty();
    private Optional<Reply> lastWord = Optional.empty();
    private Optional<Duration> patience = Optional.empty();
    private boolean clean = true;

    Conversation(Wire wire, ClientDeadlines deadlines) {
        this.wire = wire;
        this.deadlines = deadlines;
    }

    /** An answer: a reply, or why there is none. */
    sealed interface Answer {

        record Said(Reply reply) implements Answer {
        }

        record Nothing(Trouble trouble) implements Answer {
        }

        /** The reply if it is positive or asks for more, else what went wrong. */
        default Optional<Trouble> trouble(Trouble.Stage stage) {
            return switch (this) {
                case Said(var reply) when reply.isTransient() || reply.isPermanent() ->
                    Optional.of(Trouble.said(stage, reply));
                case Said _ -> Optional.empty();
                case Nothing(var trouble) -> Optional.of(trouble);
            };
        }
    }

    Wire wire() {
        return wire;
    }

    boolean isBroken() {
        return broken.isPresent();
    }

    /** Whether the server has nothing of a transaction; if not, the next one begins with RSET. */
    boolean isClean() {
        return clean;
    }

    void clean(boolean now) {
        clean = now;
    }

    /** The next reply is waited for no longer than that, those behind it as usual. */
    void nextWithin(Duration most) {
        patience = Optional.of(most);
    }

    ClientDeadlines deadlines() {
        return deadlines;
    }

    /** Writes a command without waiting for its reply. */
    void send(Trouble.Stage stage, String command) {
        if (command.indexOf('\r') >= 0 || command.indexOf('\n') >= 0 || command.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a command is one line");
        }
        if (isBroken()) {
            return;
        }
        try {
            wire.deadline(deadlines.of(stage));
            wire.out().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            breakOff(e);
        }
    }

    /** Sends what was written and reads the next reply. */
    Answer hear(Trouble.Stage stage) {
        if (!isBroken()) {
            try {
                wire.deadline(patience.isEmpty() ? deadlines.of(stage) : hurried(deadlines.of(stage)));
                wire.out().flush();
                switch (ReplyReader.read(wire.in())) {
                    case ReplyReader.Heard.Said(var reply) -> {
                        if (reply.code() == 421) {
                            // It is closing (RFC 5321 section 3.8): what it answers no more, it answered with this.
                            lastWord = Optional.of(reply);
                            broken = Optional.of(reply.toString());
                        }
                        return new Answer.Said(reply);
                    }
                    case ReplyReader.Heard.Garbage(var why) -> broken = Optional.of(why);
                }
            } catch (IOException e) {
                breakOff(e);
            }
        }
        return new Answer.Nothing(trouble(stage));
    }

    private Duration hurried(Duration usual) {
        var most = patience.orElse(usual);
        patience = Optional.empty();
        return most.compareTo(usual) < 0 ? most : usual;
    }

    Answer ask(Trouble.Stage stage, String command) {
        send(stage, command);
        return hear(stage);
    }

    /** Why nothing is heard at this stage; only once broken. */
    Trouble trouble(Trouble.Stage stage) {
        return new Trouble(stage, lastWord, broken.orElse("no answer"));
    }

    /** Something that is written to the wire, not a command. */
    interface Transmission {
        void run() throws IOException;
    }

    /** Writes a block of text; false when the far side did not take it. */
    boolean transmit(Transmission transmission) {
        if (isBroken()) {
            return false;
        }
        try {
            wire.deadline(deadlines.block());
            transmission.run();
            return true;
        } catch (IOException e) {
            breakOff(e);
            return false;
        }
    }

    /** The conversation cannot go on. */
    void breakOff(IOException cause) {
        var words = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        breakOff(cause instanceof SocketTimeoutException ? "no answer in time" : words);
    }

    /** Whether all that the server said was heard. */
    boolean isQuiet() {
        try {
            return !isBroken() && wire.isQuiet();
        } catch (IOException e) {
            breakOff(e);
            return false;
        }
    }

    void breakOff(String why) {
        if (broken.isEmpty()) {
            broken = Optional.of(why);
        }
    }

    void close() {
        breakOff("closed");
        wire.close();
    }
}
