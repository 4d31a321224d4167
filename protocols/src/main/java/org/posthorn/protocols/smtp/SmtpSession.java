package org.posthorn.protocols.smtp;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.net.Session;
import org.posthorn.protocols.net.Wire;
import org.posthorn.protocols.sasl.Mechanism;
import org.posthorn.protocols.smtp.SessionEvent.Reason;
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
    private final Answers answers;
    private final MessageExchange messages;
    private final QueueStart queues;
    private final Reversal reversal;
    private Peer peer;
    private Extensions extensions = Extensions.none();
    private CommandParser parser;
    private int longestLine;
    private Optional<Transaction> transaction = Optional.empty();
    private boolean refused;
    private int transactions;
    private int authFailures;

    /**
     * Prepares a session; {@link #run} serves it.
     *
     * @param connection the connection's id, as it stands in logs
     */
    public SmtpSession(String connection, Wire wire, SessionSettings settings, SessionPorts ports) {
        this.wire = wire;
        this.settings = settings.offeredTo(wire.remote().getAddress());
        this.limits = settings.limits();
        this.ports = ports;
        this.guarded = new GuardedPorts(ports, settings);
        this.channel = new CommandChannel(wire, settings);
        this.answers = new Answers(channel, settings, this::observe);
        this.messages = new MessageExchange(wire, settings, guarded, answers);
        this.queues = new QueueStart(settings, guarded, answers, settings.extensions().contains(Extension.AUTH)
            && !ports.mechanisms().names().isEmpty());
        this.reversal = new Reversal(wire, settings, guarded, answers);
        this.parser = new CommandParser(extensions, settings);
        this.longestLine = longestLine();
        this.peer = new Peer(connection, settings.listener(), wire.local(), wire.remote(), Peer.Greeting.NONE, "",
            wire.tls(), "", new Peer.Introduction(wire.proxy(), "", true));
    }

    @Override public void endSoon() {
        reversal.endSoon();
        channel.endSoon();
    }

    @Override public void run() {
        var reason = Reason.FAULT;
        try {
            reason = converse();
        } catch (IOException e) {
            reason = broken(e);
        } catch (RuntimeException e) {
            guarded.fault(peer, "session", e);
            channel.lastWord(Replies.BROKEN);
        } finally {
            end(reason);
        }
    }

    private Reason broken(IOException cause) {
        if (channel.isEnded()) {
            return Reason.SHUTDOWN;
        }
        if (cause instanceof SocketTimeoutException) {
            channel.lastWord(Replies.TIMEOUT);
            return Reason.TIMEOUT;
        }
        // Also when it vanished after the final dot, before our reply: it will send again, we have the message.
        return Reason.PEER_GONE;
    }

    private void end(Reason reason) {
        endTransaction();
        observe(new SessionEvent.Closed(reason));
        wire.close();
    }

    /** Most of a session's time is spent waiting here, and its stack kept: what is not needed for that is elsewhere. */
    private Reason converse() throws IOException {
        greet();
        while (answers.closing().isEmpty()) {
            answer(channel.read(longestLine));
        }
        if (answers.closing().get() != Reason.TURNED) {
            channel.flush();
        }
        return answers.closing().get();
    }

    private void answer(Line read) throws IOException {
        switch (read) {
            case Line.Text line -> obey(line);
            case Line.TooLong() -> wrong("(too long)", Replies.LINE_TOO_LONG);
            case Line.Malformed(var stray) -> wrong("(" + stray + ")", Reply.of(500, "5.5.2",
                "Found a " + stray + ": a command ends with CR LF and holds none of CR, LF, NUL"));
            case Line.End() -> answers.close(channel.isEnded() ? Reason.SHUTDOWN : Reason.PEER_GONE);
        }
    }

    /** The longest line that may come now, of all commands; the parser knows how long each may be. */
    private int longestLine() {
        var longest = Math.max(extensions.lineLimit("MAIL", limits), extensions.lineLimit("RCPT", limits));
        return ports.mechanisms().names().isEmpty() ? longest : Math.max(limits.authLine(), longest);
    }

    /** The banner (RFC 5321 section 3.1), for who waits for it. */
    private void greet() throws IOException {
        var verdict = guarded.connect(peer);
        if (settings.tolerance().strictPipelining() && channel.hasInput()) {
            answers.leave(Replies.OUT_OF_STEP);
            observe(new SessionEvent.Opened(Replies.OUT_OF_STEP));
        } else {
            greet(verdict);
        }
    }

    private void greet(Verdict verdict) throws IOException {
        var banner = switch (verdict) {
            case Verdict.Accept() -> Reply.plain(220, settings.hostname() + " " + settings.dialect().banner());
            // The banner has but two codes to refuse with; 421 says that we close, 554 leaves the client QUIT.
            case Verdict.Refuse(var reply) -> new Reply(reply.isPermanent() ? 554 : 421, reply.status(), reply.lines());
            case Verdict.Disconnect(var reply) -> reply;
        };
        refused = !banner.isPositive();
        if (verdict instanceof Verdict.Disconnect) {
            answers.leave(banner);
        } else {
            answers.say(banner);
        }
        observe(new SessionEvent.Opened(banner));
    }

    private void obey(Line.Text line) throws IOException {
        answers.to(loggable(line.utf8()));
        var command = parser.parse(line, transaction.filter(t -> t.parameters().smtpUtf8()).isPresent());
        if (refused && !(command instanceof Command.Quit)) {
            answers.wrong(Replies.REFUSED_CONNECTION);
            return;
        }
        if (!settings.dialect().serves(command)) {
            unserved(command);
            return;
        }
        switch (command) {
            case Command.Hello(var greeting, var name) -> hello(greeting, name);
            case Command.Mail mail -> mail(mail);
            case Command.Rcpt(var recipient) -> rcpt(recipient);
            case Command.Data() -> data();
            case Command.Bdat chunk -> bdat(chunk);
            case Command.Rset() -> rset();
            case Command.Noop() -> answers.idle(Replies.OK);
            case Command.Vrfy _ -> answers.idle(Replies.NOT_VERIFIED);
            case Command.Expn _ -> answers.wrong(Replies.NOT_IMPLEMENTED);
            case Command.Help() -> answers.idle(Replies.HELP);
            case Command.Quit() -> quit();
            case Command.StartTls() -> startTls();
            case Command.Auth(var mechanism, var initial) -> auth(mechanism, initial);
            case Command.Etrn(var asked) -> queues.answer(peer, asked, transaction.isPresent());
            case Command.Atrn(var asked) -> reversal.answer(peer, asked, transaction.isPresent());
            case Command.Xclient(var client) -> xclient(client);
            case Command.Invalid(var reply) -> answers.wrong(reply);
            case Command.LostStep(var reply) -> answers.leave(reply);
        }
    }

    /** Behind BDAT come octets, which are no commands. */
    private void unserved(Command command) throws IOException {
        if (command instanceof Command.Bdat) {
            answers.leave(Replies.NOT_IMPLEMENTED);
        } else {
            answers.wrong(Replies.NOT_IMPLEMENTED);
        }
    }

    private void hello(Peer.Greeting greeting, String name) throws IOException {
        if (!settings.dialect().pipelinesGreeting() && answers.talksOn()) {
            return;
        }
        endTransaction();
        become(peer.greeted(greeting, name));
        answers.idle(greeting == Peer.Greeting.HELO ? Reply.plain(250, settings.hostname())
            : extensions.greeting(settings.hostname(), limits, settings.terms()));
    }

    private Extensions offered() {
        var all = Extensions.of(settings, ports.mechanisms().names(), peer.tls().isPresent(), peer.isAuthenticated());
        return queues.isOfferedTo(peer) ? all : all.without(Extension.ETRN);
    }

    /** From now on the client is this one. */
    private void become(Peer next) {
        peer = next;
        extensions = switch (peer.greeting()) {
            case EHLO, LHLO -> offered();
            case HELO, NONE -> Extensions.none();
        };
        parser = new CommandParser(extensions, settings);
        longestLine = longestLine();
    }

    /**
     * A listed peer says for whom it speaks: the session begins anew, with this client. What the peer sent behind it
     * is not out of step, as it would be before a banner.
     */
    private void xclient(GivenClient client) throws IOException {
        if (!settings.extensions().contains(Extension.XCLIENT)) {
            answers.wrong(Replies.XCLIENT_NOT_FOR_YOU);
            return;
        }
        if (transaction.isPresent()) {
            answers.wrong(Replies.NOT_IN_TRANSACTION);
            return;
        }
        become(client.of(peer, wire.remote(), settings.dialect()));
        if (wire.countFor(peer.remote().getAddress())) {
            greet(guarded.connect(peer));
        } else {
            answers.leave(Replies.TOO_MANY_FROM_CLIENT);
        }
    }

    private void mail(Command.Mail mail) throws IOException {
        var access = settings.access();
        if (peer.greeting() == Peer.Greeting.NONE) {
            answers.wrong(Replies.GREET_FIRST);
        } else if (transaction.isPresent()) {
            answers.wrong(Replies.NESTED_MAIL);
        } else if (access.requireTls() && wire.tls().isEmpty()) {
            answers.wrong(Replies.TLS_REQUIRED);
        } else if (access.requireAuth() && !peer.isAuthenticated()) {
            answers.wrong(Replies.AUTH_REQUIRED);
        } else if (transactions >= limits.transactions()) {
            answers.leave(Replies.TOO_MANY_TRANSACTIONS);
        } else if (mail.parameters().size() > limits.messageSize()) {
            answers.refuse(Replies.TOO_BIG);
        } else {
            begin(new Transaction(mail.sender(), mail.parameters()), mail.lowered());
        }
    }

    private void begin(Transaction next, boolean lowered) throws IOException {
        var refusal = guarded.mail(peer, next.envelope());
        if (refusal.isPresent()) {
            answers.refuse(refusal.get());
            return;
        }
        transactions++;
        transaction = Optional.of(next);
        answers.say(lowered ? Replies.lowered(next.parameters().handling().priority()) : Replies.SENDER_OK);
    }

    private void rcpt(Recipient recipient) throws IOException {
        if (transaction.isEmpty()) {
            answers.wrong(Replies.MAIL_FIRST);
            return;
        }
        var open = transaction.get();
        if (open.isChunked()) {
            answers.wrong(Replies.CHUNKS_BEGUN);
        } else if (open.recipients() >= limits.recipients()) {
            answers.refuse(Replies.TOO_MANY_RECIPIENTS);
        } else {
            switch (guarded.rcpt(peer, open.envelope(), recipient)) {
                case Verdict.Accept() -> {
                    open.add(recipient);
                    answers.say(Replies.RECIPIENT_OK);
                }
                case Verdict.Refuse(var reply) -> refused(recipient, reply);
                case Verdict.Disconnect(var reply) -> {
                    refused(recipient, reply);
                    answers.close(Reason.DISCONNECTED);
                }
            }
        }
    }

    private void refused(Recipient recipient, Reply reply) throws IOException {
        observe(new SessionEvent.RecipientRefused(recipient.mailbox().toString(), reply));
        answers.say(reply);
    }

    private void data() throws IOException {
        if (transaction.isEmpty()) {
            answers.wrong(Replies.MAIL_FIRST);
        } else if (messages.data(peer, transaction.get()) == MessageExchange.After.OVER) {
            endTransaction();
        }
    }

    private void bdat(Command.Bdat chunk) throws IOException {
        if (messages.bdat(peer, transaction, chunk) == MessageExchange.After.OVER) {
            endTransaction();
        }
    }

    private void rset() throws IOException {
        endTransaction();
        answers.idle(Replies.OK);
    }

    private void quit() throws IOException {
        answers.say(Replies.BYE);
        answers.close(Reason.QUIT);
    }

    /** RFC 3207 section 4: afterwards nothing is known of the client that it said in the clear. */
    private void startTls() throws IOException {
        if (wire.tls().isPresent()) {
            answers.wrong(Replies.TLS_IS_UP);
            return;
        }
        if (!settings.extensions().contains(Extension.STARTTLS)) {
            answers.wrong(Replies.NOT_IMPLEMENTED);
            return;
        }
        answers.say(Replies.READY_FOR_TLS);
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
        become(peer.secured(wire.tls()));
        wire.tls().ifPresent(facts -> observe(new SessionEvent.TlsStarted(facts)));
    }

    private void auth(String mechanism, Optional<String> initial) throws IOException {
        if (ports.mechanisms().names().isEmpty() || !settings.extensions().contains(Extension.AUTH)) {
            answers.wrong(Replies.NOT_IMPLEMENTED);
        } else if (peer.greeting() == Peer.Greeting.NONE) {
            answers.wrong(Replies.GREET_FIRST);
        } else if (transaction.isPresent()) {
            answers.wrong(Replies.NOT_IN_TRANSACTION);
        } else if (peer.isAuthenticated()) {
            answers.wrong(Replies.AUTH_DONE);
        } else if (wire.tls().isEmpty() && !settings.access().authInClear()) {
            answers.wrong(Replies.AUTH_NEEDS_TLS);
        } else if (authFailures >= limits.authFailures()) {
            answers.leave(Replies.TOO_MANY_LOGINS);
        } else if (!answers.talksOn()) {
            var begun = ports.mechanisms().begin(mechanism);
            if (begun.isEmpty()) {
                answers.wrong(Replies.UNKNOWN_MECHANISM);
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
                peer = peer.authenticated(user);
                observe(new SessionEvent.Authenticated(mechanism, user));
                answers.say(Replies.AUTHENTICATED);
            }
            case AuthExchange.Outcome.Failed(var reply, var detail) -> {
                authFailures++;
                observe(new SessionEvent.AuthenticationFailed(mechanism, reply, detail));
                answers.say(reply);
            }
        }
    }

    private void endTransaction() {
        transaction.ifPresent(Transaction::abandon);
        if (transaction.isPresent()) {
            transaction = Optional.empty();
            guarded.reset(peer);
        }
    }

    private void wrong(String shown, Reply reply) throws IOException {
        answers.to(shown);
        answers.wrong(reply);
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
