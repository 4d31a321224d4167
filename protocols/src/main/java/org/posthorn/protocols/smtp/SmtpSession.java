package org.posthorn.protocols.smtp;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.net.Session;
import org.posthorn.protocols.net.Wire;
import org.posthorn.protocols.sasl.Mechanism;
import org.posthorn.protocols.smtp.SessionEvent.Reason;
import org.posthorn.protocols.wire.ChunkReader;
import org.posthorn.protocols.wire.DotReader;
import org.posthorn.protocols.wire.Limits;
import org.posthorn.protocols.wire.Line;
import org.posthorn.protocols.wire.Reply;

/**
 * One SMTP conversation, as server (RFC 5321): reads a command, writes a reply, until one side ends it.
 *
 * <p>It runs on the thread that calls {@link #run}; only {@link #endSoon} may be called by others.
 */
public final class SmtpSession implements Session {

    private final Wire wire;
    private final SessionSettings settings;
    private final Limits limits;
    private final SessionPorts ports;
    private final GuardedPorts guarded;
    private final CommandChannel channel;
    private final BodyReceiver receiver;
    private Peer peer;
    private Extensions extensions = Extensions.none();
    private CommandParser parser;
    private Optional<Transaction> transaction = Optional.empty();
    private Optional<Reason> closing = Optional.empty();
    private boolean refused;
    /** The command that is being answered, as far as logs may show it. */
    private String current = "";
    private int errors;
    private int idleCommands;
    private int transactions;
    private int authFailures;

    /**
     * Prepares a session; {@link #run} serves it.
     *
     * @param connection the connection's id, as it stands in logs
     */
    public SmtpSession(String connection, Wire wire, SessionSettings settings, SessionPorts ports) {
        this.wire = wire;
        this.settings = settings;
        this.limits = settings.limits();
        this.ports = ports;
        this.guarded = new GuardedPorts(ports, settings);
        this.channel = new CommandChannel(wire, settings);
        this.receiver = new BodyReceiver(wire, limits.deadlines(), System::nanoTime);
        this.parser = new CommandParser(extensions, settings);
        this.peer = new Peer(connection, settings.listener(), wire.local(), wire.remote(), Peer.Greeting.NONE, "",
            wire.tls(), "");
    }

    @Override public void endSoon() {
        channel.endSoon();
    }

    @Override public void run() {
        var reason = Reason.FAULT;
        try {
            reason = converse();
        } catch (SocketTimeoutException e) {
            reason = channel.isEnded() ? Reason.SHUTDOWN : Reason.TIMEOUT;
            channel.lastWord(Replies.TIMEOUT);
        } catch (IOException e) {
            // Also when it vanished after the final dot, before our reply: it will send again, we have the message.
            reason = channel.isEnded() ? Reason.SHUTDOWN : Reason.PEER_GONE;
        } catch (RuntimeException e) {
            guarded.fault(peer, "session", e);
            channel.lastWord(Replies.BROKEN);
        } finally {
            endTransaction();
            observe(new SessionEvent.Closed(reason));
            wire.close();
        }
    }

    private Reason converse() throws IOException {
        greet();
        while (closing.isEmpty()) {
            // The longest line there is; the parser knows how long this one may be.
            switch (channel.read(Math.max(limits.authLine(), extensions.lineLimit("MAIL", limits)))) {
                case Line.Text line -> obey(line);
                case Line.TooLong() -> wrong("(too long)", Replies.LINE_TOO_LONG);
                case Line.Malformed(var stray) -> wrong("(" + stray + ")", Reply.of(500, "5.5.2",
                    "Found a " + stray + ": a command ends with CR LF and holds none of CR, LF, NUL"));
                case Line.End() -> closing = Optional.of(channel.isEnded() ? Reason.SHUTDOWN : Reason.PEER_GONE);
            }
        }
        channel.flush();
        return closing.get();
    }

    /** The banner (RFC 5321 section 3.1). */
    private void greet() throws IOException {
        var verdict = guarded.connect(peer);
        if (settings.strictPipelining() && channel.hasInput()) {
            leave(Replies.OUT_OF_STEP);
            observe(new SessionEvent.Opened(Replies.OUT_OF_STEP));
            return;
        }
        var banner = switch (verdict) {
            case Verdict.Accept() -> Reply.plain(220, settings.hostname() + " " + settings.dialect().banner());
            // The banner has but two codes to refuse with; 421 says that we close, 554 leaves the client QUIT.
            case Verdict.Refuse(var reply) -> new Reply(reply.isPermanent() ? 554 : 421, reply.status(), reply.lines());
            case Verdict.Disconnect(var reply) -> reply;
        };
        refused = !banner.isPositive();
        if (verdict instanceof Verdict.Disconnect) {
            leave(banner);
        } else {
            say(banner);
        }
        observe(new SessionEvent.Opened(banner));
    }

    private void obey(Line.Text line) throws IOException {
        current = loggable(line.latin1());
        var command = parser.parse(line, transaction.filter(t -> t.parameters().smtpUtf8()).isPresent());
        if (refused && !(command instanceof Command.Quit)) {
            wrong(Replies.REFUSED_CONNECTION);
            return;
        }
        switch (command) {
            case Command.Hello(var greeting, var name) -> hello(greeting, name);
            case Command.Mail mail -> mail(mail);
            case Command.Rcpt(var recipient) -> rcpt(recipient);
            case Command.Data() -> data();
            case Command.Bdat chunk -> bdat(chunk);
            case Command.Rset() -> rset();
            case Command.Noop() -> idle(Replies.OK);
            case Command.Vrfy _ -> idle(Replies.NOT_VERIFIED);
            case Command.Expn _ -> wrong(Replies.NOT_IMPLEMENTED);
            case Command.Help() -> idle(Replies.HELP);
            case Command.Quit() -> quit();
            case Command.StartTls() -> startTls();
            case Command.Auth(var mechanism, var initial) -> auth(mechanism, initial);
            case Command.Invalid(var reply) -> wrong(reply);
            case Command.LostStep(var reply) -> leave(reply);
        }
    }

    private void hello(Peer.Greeting greeting, String name) throws IOException {
        if (!settings.dialect().pipelinesGreeting() && talksOn()) {
            return;
        }
        endTransaction();
        peer = new Peer(peer.connection(), peer.listener(), peer.local(), peer.remote(), greeting, name, peer.tls(),
            peer.user());
        extensions = greeting == Peer.Greeting.HELO ? Extensions.none()
            : Extensions.of(settings, ports.mechanisms().names(), wire.tls().isPresent(), peer.isAuthenticated());
        parser = new CommandParser(extensions, settings);
        idle(greeting == Peer.Greeting.HELO ? Reply.plain(250, settings.hostname())
            : extensions.greeting(settings.hostname(), limits));
    }

    private void mail(Command.Mail mail) throws IOException {
        var access = settings.access();
        if (peer.greeting() == Peer.Greeting.NONE) {
            wrong(Replies.GREET_FIRST);
        } else if (transaction.isPresent()) {
            wrong(Replies.NESTED_MAIL);
        } else if (access.requireTls() && wire.tls().isEmpty()) {
            wrong(Replies.TLS_REQUIRED);
        } else if (access.requireAuth() && !peer.isAuthenticated()) {
            wrong(Replies.AUTH_REQUIRED);
        } else if (transactions >= limits.transactions()) {
            leave(Replies.TOO_MANY_TRANSACTIONS);
        } else if (mail.parameters().size() > limits.messageSize()) {
            refuse(Replies.TOO_BIG);
        } else {
            begin(new Transaction(mail.sender(), mail.parameters()));
        }
    }

    private void begin(Transaction next) throws IOException {
        var refusal = guarded.mail(peer, next.envelope());
        if (refusal.isPresent()) {
            refuse(refusal.get());
            return;
        }
        transactions++;
        transaction = Optional.of(next);
        say(Replies.SENDER_OK);
    }

    private void rcpt(Recipient recipient) throws IOException {
        if (transaction.isEmpty()) {
            wrong(Replies.MAIL_FIRST);
            return;
        }
        var open = transaction.get();
        if (open.isChunked()) {
            wrong(Replies.CHUNKS_BEGUN);
        } else if (open.recipients() >= limits.recipients()) {
            refuse(Replies.TOO_MANY_RECIPIENTS);
        } else {
            switch (guarded.rcpt(peer, open.envelope(), recipient)) {
                case Verdict.Accept() -> {
                    open.add(recipient);
                    say(Replies.RECIPIENT_OK);
                }
                case Verdict.Refuse(var reply) -> refuse(reply);
                case Verdict.Disconnect(var reply) -> leave(reply);
            }
        }
    }

    private void data() throws IOException {
        if (transaction.isEmpty()) {
            wrong(Replies.MAIL_FIRST);
            return;
        }
        var open = transaction.get();
        if (open.isChunked()) {
            wrong(Replies.CHUNKS_BEGUN);
        } else if (open.recipients() == 0) {
            wrong(Replies.RCPT_FIRST);
        } else if (open.parameters().body() == MailParameters.Body.BINARY_MIME) {
            wrong(Replies.BINARY_NEEDS_BDAT);
        } else if (!talksOn()) {
            switch (guarded.open(peer, open.envelope())) {
                case GuardedPorts.Opened.Refused(var reply) -> refuse(reply);
                case GuardedPorts.Opened.Ready(var message) -> text(open, message);
            }
        }
    }

    private void text(Transaction open, IncomingMessage message) throws IOException {
        try {
            say(Replies.SEND_TEXT);
            channel.flush();
            receiver.receive(new DotReader(wire.in()), message::take);
            finish(open, message);
        } finally {
            message.abandon();
        }
    }

    /** Whatever comes of it, the octets that were announced are read: they are no commands (RFC 3030 section 2). */
    private void bdat(Command.Bdat chunk) throws IOException {
        var octets = new ChunkReader(wire.in(), chunk.octets());
        if (!settings.extensions().contains(Extension.CHUNKING)) {
            leave(Replies.NOT_IMPLEMENTED);
        } else if (transaction.isEmpty() || transaction.get().recipients() == 0) {
            skip(octets);
            wrong(transaction.isEmpty() ? Replies.MAIL_FIRST : Replies.RCPT_FIRST);
        } else if (transaction.get().areChunksRefused()) {
            skip(octets);
            refuseChunk(transaction.get(), chunk.last(), Replies.CHUNKS_FAILED);
        } else if (transaction.get().chunks().isPresent()) {
            chunk(transaction.get(), transaction.get().chunks().get(), octets, chunk);
        } else {
            switch (guarded.open(peer, transaction.get().envelope())) {
                case GuardedPorts.Opened.Refused(var reply) -> {
                    skip(octets);
                    refuseChunk(transaction.get(), chunk.last(), reply);
                }
                case GuardedPorts.Opened.Ready(var message) -> {
                    transaction.get().begin(message);
                    chunk(transaction.get(), message, octets, chunk);
                }
            }
        }
    }

    private void chunk(Transaction open, IncomingMessage message, ChunkReader octets, Command.Bdat chunk)
        throws IOException {
        receiver.receive(octets, message::take);
        if (chunk.last()) {
            finish(open, message);
        } else if (message.refusal().isPresent()) {
            refuseChunk(open, false, message.refusal().get());
        } else {
            say(Reply.of(250, "2.0.0", chunk.octets() + " octets received"));
        }
    }

    private void skip(ChunkReader octets) throws IOException {
        receiver.receive(octets, (_, _) -> { });
    }

    /** After the last chunk a client waits for the final replies, as many as there would have been. */
    private void refuseChunk(Transaction open, boolean last, Reply reply) throws IOException {
        observe(new SessionEvent.MessageRefused(open.envelope(), reply));
        open.refuseChunks();
        for (var each : last ? settings.dialect().finalReplies(List.of(reply), open.recipients()) : List.of(reply)) {
            say(each);
        }
        if (last) {
            endTransaction();
        }
    }

    private void finish(Transaction open, IncomingMessage message) throws IOException {
        var envelope = open.envelope();
        var replies = finalReplies(message.finish(), open.recipients());
        message.refusal().ifPresentOrElse(
            reply -> observe(new SessionEvent.MessageRefused(envelope, reply)),
            () -> observe(new SessionEvent.MessageDone(envelope, message.octets(), replies)));
        idleCommands = 0;
        endTransaction();
        for (var reply : replies) {
            say(reply);
        }
        if (message.isAmbiguous()) {
            // Somebody may be smuggling: what follows is read by nobody.
            closing = Optional.of(Reason.DISCONNECTED);
        }
        channel.flush();
    }

    private List<Reply> finalReplies(List<Reply> given, int recipients) {
        try {
            return settings.dialect().finalReplies(given, recipients);
        } catch (RuntimeException e) {
            guarded.fault(peer, "incoming.finish", e);
            return settings.dialect().finalReplies(List.of(Replies.INTERNAL), recipients);
        }
    }

    private void rset() throws IOException {
        endTransaction();
        idle(Replies.OK);
    }

    private void quit() throws IOException {
        say(Replies.BYE);
        closing = Optional.of(Reason.QUIT);
    }

    /** RFC 3207 section 4: afterwards nothing is known of the client that it said in the clear. */
    private void startTls() throws IOException {
        if (wire.tls().isPresent()) {
            wrong(Replies.TLS_IS_UP);
            return;
        }
        if (!settings.extensions().contains(Extension.STARTTLS)) {
            wrong(Replies.NOT_IMPLEMENTED);
            return;
        }
        say(Replies.READY_FOR_TLS);
        channel.flush();
        wire.deadline(limits.deadlines().handshake());
        try {
            wire.startTls();
        } catch (IOException e) {
            observe(new SessionEvent.TlsFailed(String.valueOf(e.getMessage())));
            // Nothing more can be said: the client would take it for TLS.
            wire.close();
            throw e;
        }
        channel.renew();
        endTransaction();
        extensions = Extensions.none();
        parser = new CommandParser(extensions, settings);
        peer = new Peer(peer.connection(), peer.listener(), peer.local(), peer.remote(), Peer.Greeting.NONE, "",
            wire.tls(), "");
        wire.tls().ifPresent(facts -> observe(new SessionEvent.TlsStarted(facts)));
    }

    private void auth(String mechanism, Optional<String> initial) throws IOException {
        if (ports.mechanisms().names().isEmpty() || !settings.extensions().contains(Extension.AUTH)) {
            wrong(Replies.NOT_IMPLEMENTED);
        } else if (peer.greeting() == Peer.Greeting.NONE) {
            wrong(Replies.GREET_FIRST);
        } else if (transaction.isPresent()) {
            wrong(Replies.AUTH_IN_TRANSACTION);
        } else if (peer.isAuthenticated()) {
            wrong(Replies.AUTH_DONE);
        } else if (wire.tls().isEmpty() && !settings.access().authInClear()) {
            wrong(Replies.AUTH_NEEDS_TLS);
        } else if (authFailures >= limits.authFailures()) {
            leave(Replies.TOO_MANY_LOGINS);
        } else if (!talksOn()) {
            var begun = ports.mechanisms().begin(mechanism);
            if (begun.isEmpty()) {
                wrong(Replies.UNKNOWN_MECHANISM);
            } else {
                authenticated(mechanism, exchange(begun.get(), initial));
            }
        }
    }

    private AuthExchange.Outcome exchange(Mechanism mechanism, Optional<String> initial) throws IOException {
        try {
            return new AuthExchange(channel, limits.authLine()).run(mechanism, initial);
        } catch (RuntimeException e) {
            guarded.fault(peer, "authenticator", e);
            return new AuthExchange.Outcome.Failed(Replies.AUTH_BROKEN, "the authenticator broke");
        }
    }

    private void authenticated(String mechanism, AuthExchange.Outcome outcome) throws IOException {
        switch (outcome) {
            case AuthExchange.Outcome.Authenticated(var user) -> {
                peer = new Peer(peer.connection(), peer.listener(), peer.local(), peer.remote(), peer.greeting(),
                    peer.helo(), peer.tls(), user);
                observe(new SessionEvent.Authenticated(mechanism, user));
                say(Replies.AUTHENTICATED);
            }
            case AuthExchange.Outcome.Failed(var reply, var detail) -> {
                authFailures++;
                observe(new SessionEvent.AuthenticationFailed(mechanism, reply, detail));
                say(reply);
            }
        }
    }

    /** A client that should wait for our answer but sent on may have been made to: 554 and out. */
    private boolean talksOn() throws IOException {
        var talks = settings.strictPipelining() && channel.hasInput();
        if (talks) {
            leave(Replies.OUT_OF_STEP);
        }
        return talks;
    }

    private void endTransaction() {
        transaction.ifPresent(Transaction::abandon);
        if (transaction.isPresent()) {
            transaction = Optional.empty();
            guarded.reset(peer);
        }
    }

    /** A good command that brings no message nearer. */
    private void idle(Reply reply) throws IOException {
        idleCommands++;
        if (idleCommands > limits.idleCommands()) {
            leave(Replies.TOO_MANY_IDLE_COMMANDS);
        } else {
            say(reply);
        }
    }

    /** The client did wrong. */
    private void wrong(Reply reply) throws IOException {
        errors++;
        if (errors > limits.errors()) {
            leave(Replies.TOO_MANY_ERRORS);
        } else {
            refuse(reply);
        }
    }

    private void wrong(String shown, Reply reply) throws IOException {
        current = shown;
        wrong(reply);
    }

    private void refuse(Reply reply) throws IOException {
        observe(new SessionEvent.CommandRefused(current, reply));
        say(reply);
    }

    /** The last reply. */
    private void leave(Reply reply) throws IOException {
        refuse(reply);
        closing = Optional.of(Reason.DISCONNECTED);
    }

    /** 421 says that we close, whoever decided it (RFC 5321 section 4.2.2). */
    private void say(Reply reply) throws IOException {
        channel.say(reply);
        if (reply.code() == 421) {
            closing = Optional.of(Reason.DISCONNECTED);
        }
    }

    private void observe(SessionEvent event) {
        ports.observer().observe(peer, event);
    }

    private static String loggable(String line) {
        var verb = CommandParser.verb(line);
        return verb.equals("AUTH") ? String.join(" ", List.of(line.split(" ", 3)).subList(0,
            Math.min(2, line.split(" ", 3).length))) : line;
    }
}
