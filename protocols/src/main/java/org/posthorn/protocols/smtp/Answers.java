package org.posthorn.protocols.smtp;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.posthorn.protocols.smtp.SessionEvent.Reason;
import org.posthorn.protocols.wire.Limits;
import org.posthorn.protocols.wire.Reply;

/** What a session says, how often the client did wrong or nothing, and whether the last word was said. */
final class Answers {

    private final CommandChannel channel;
    private final SessionSettings settings;
    private final Limits limits;
    private final Consumer<SessionEvent> observer;
    private Optional<Reason> closing = Optional.empty();
    private String command = "";
    private int errors;
    private int idleCommands;

    Answers(CommandChannel channel, SessionSettings settings, Consumer<SessionEvent> observer) {
        this.channel = channel;
        this.settings = settings;
        this.limits = settings.limits();
        this.observer = observer;
    }

    /** The command that is answered from now on, as far as logs may show it. */
    void to(String loggable) {
        command = loggable;
    }

    /** Why the session is to end; empty while it is not. */
    Optional<Reason> closing() {
        return closing;
    }

    void close(Reason reason) {
        closing = Optional.of(reason);
    }

    /** A message came in whole: the count of idle commands begins anew. */
    void messageCame() {
        idleCommands = 0;
    }

    void observe(SessionEvent event) {
        observer.accept(event);
    }

    /** 421 says that we close, whoever decided it (RFC 5321 section 4.2.2). */
    void say(Reply reply) throws IOException {
        channel.say(reply);
        if (reply.code() == 421) {
            close(Reason.DISCONNECTED);
        }
    }

    /** Lets what was said leave now. */
    void flush() throws IOException {
        channel.flush();
    }

    /** A good command that brings no message nearer. */
    void idle(Reply reply) throws IOException {
        idleCommands++;
        if (idleCommands > limits.idleCommands()) {
            leave(Replies.TOO_MANY_IDLE_COMMANDS);
        } else if (reply.isPositive()) {
            say(reply);
        } else {
            refuse(reply);
        }
    }

    /** The client did wrong. */
    void wrong(Reply reply) throws IOException {
        errors++;
        if (errors > limits.errors()) {
            leave(Replies.TOO_MANY_ERRORS);
        } else {
            refuse(reply);
        }
    }

    /** No, though the client did nothing wrong. */
    void refuse(Reply reply) throws IOException {
        observe(new SessionEvent.CommandRefused(command, reply));
        say(reply);
    }

    /** The last reply. */
    void leave(Reply reply) throws IOException {
        refuse(reply);
        close(Reason.DISCONNECTED);
    }

    /** A client that should wait for our answer but sent on may have been made to: 554 and out. */
    boolean talksOn() throws IOException {
        var talks = settings.tolerance().strictPipelining() && channel.hasInput();
        if (talks) {
            leave(Replies.OUT_OF_STEP);
        }
        return talks;
    }
}
