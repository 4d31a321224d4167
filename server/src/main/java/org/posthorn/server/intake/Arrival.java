package org.posthorn.server.intake;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.Incoming;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Peer;
import org.posthorn.protocols.smtp.SinkException;
import org.posthorn.protocols.smtp.Verdict;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.policy.DataVerdict;
import org.posthorn.server.policy.SessionPolicy;
import org.posthorn.server.spool.Change;
import org.posthorn.server.spool.Draft;
import org.posthorn.server.spool.Event;
import org.posthorn.server.spool.NewMessage;
import org.posthorn.server.spool.NewRecipient;
import org.posthorn.server.spool.Origin;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Spool;
import org.posthorn.server.spool.SpoolException;

/** One message while it comes in. Used by the session's thread alone. */
final class Arrival implements Incoming {

    private final Room room;
    private final SessionPolicy policy;
    private final Peer peer;
    private final Envelope envelope;
    private final QueueId id;
    private final Instant began;
    private final EventLog log;
    private final Draft draft;
    private final HeaderFilter filter;
    private final Body body = new Body();
    private long octets;

    /** The house around it. */
    record Room(IntakeConfig config, Replies replies, Spool spool, Awaited awaited, InstantSource clock) {
    }

    Arrival(Room room, SessionPolicy policy, Peer peer, Envelope envelope, QueueId id) throws SinkException {
        this.room = room;
        this.policy = policy;
        this.peer = peer;
        this.envelope = envelope;
        this.id = id;
        this.began = room.clock().instant();
        this.log = EventLog.of(Intake.class).mail(id).connection(peer.connection());
        this.draft = room.spool().draft();
        var hostname = room.config().hostname();
        this.filter = new HeaderFilter(room.config(), draft.out(), names -> peer.isAuthenticated()
            ? Trace.missing(names, hostname, id, began) : List.of());
        try {
            for (var field : policy.results()) {
                draft.out().write(field.getBytes(StandardCharsets.US_ASCII));
            }
            draft.out().write(Trace.received(hostname, peer, envelope, id, began).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw notWritten(e);
        }
    }

    @Override public OutputStream body() {
        return body;
    }

    /** The client's octets, on their way through the filter. */
    private final class Body extends OutputStream {
        @Override public void write(int octet) throws SinkException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override public void write(byte[] all, int offset, int length) throws SinkException {
            octets += length;
            if (octets <= room.config().largestMessage()) {
                try {
                    filter.write(all, offset, length);
                } catch (IOException e) {
                    throw notWritten(e);
                }
            }
        }
    }

    private SinkException notWritten(IOException e) {
        var full = !room.spool().hasRoom(room.config().largestMessage());     // before its own octets make room
        draft.close();
        log.error("not-written", e, "octets", octets);
        var why = SpoolException.because("the message could not be written", e);
        return new SinkException(full || why.isFull() ? Intake.NO_ROOM : Intake.BROKEN, why.getMessage(), e);
    }

    @Override public List<Reply> finish() throws SinkException {
        try {
            filter.end();
        } catch (IOException e) {
            throw notWritten(e);
        }
        var refusal = octets > room.config().largestMessage()
            ? Optional.of(Reply.of(552, "5.3.4", "The message is longer than " + room.config().largestMessage()
                + " octets")) : filter.refusal();
        try {
            return refusal.isPresent() ? refused(refusal.get()) : decided(asked());
        } finally {
            draft.close();
        }
    }

    private DataVerdict asked() throws SinkException {
        try {
            return policy.data(peer, envelope, id, draft);
        } catch (SpoolException e) {
            log.error("policy-failed", e);
            throw Intake.failed(e);
        } catch (RuntimeException e) {
            log.error("policy-failed", e);
            throw new SinkException(Intake.BROKEN, "the policy failed", e);
        }
    }

    private List<Reply> decided(DataVerdict verdict) throws SinkException {
        return switch (verdict) {
            case DataVerdict.Refuse(Verdict.Refuse(var reply)) -> refused(reply);
            case DataVerdict.Refuse(Verdict.Disconnect(var reply)) -> refused(reply);
            case DataVerdict.Refuse(Verdict.Accept()) ->
                throw new SinkException(Intake.BROKEN, "the policy refused with an acceptance", null);
            case DataVerdict.Take take -> taken(take);
        };
    }

    private List<Reply> refused(Reply reply) {
        log.info("refused", "from", envelope.sender(), "ip", Trace.text(peer.remote()), "reply", reply);
        return isLmtp() ? Collections.nCopies(envelope.recipients().size(), reply) : List.of(reply);
    }

    private boolean isLmtp() {
        return peer.greeting() == Peer.Greeting.LHLO;
    }

    private List<Reply> taken(DataVerdict.Take take) throws SinkException {
        try {
            if (take.recipients().size() != envelope.recipients().size()) {
                throw new SinkException(Intake.BROKEN, "the policy answered for " + take.recipients().size() + " of "
                    + envelope.recipients().size() + " recipients", null);
            }
            if (take.refused().size() == envelope.recipients().size()) {
                return allRefused(take);
            }
            var kept = new ArrayList<NewRecipient>();
            for (var i = 0; i < take.recipients().size(); i++) {
                if (!isLmtp() || !take.refused().containsKey(i)) {
                    kept.add(take.recipients().get(i));
                }
            }
            if (!isLmtp()) {
                return queued(take, kept);
            }
            return switch (room.replies()) {
                case DELIVERED -> settled(take, kept);
                case QUEUED -> spooled(take, kept);
            };
        } finally {
            for (var variant : take.variants()) {
                variant.content().close();
            }
        }
    }

    private List<Reply> queued(DataVerdict.Take take, List<NewRecipient> recipients) throws SinkException {
        commit(take, recipients);
        return List.of(ok());
    }

    private Reply ok() {
        return Reply.of(250, "2.0.0", "Ok: queued as " + id);
    }

    /** One reply for each recipient: refused by the policy, or in the spool. */
    private List<Reply> spooled(DataVerdict.Take take, List<NewRecipient> recipients) throws SinkException {
        commit(take, recipients);
        var all = new ArrayList<Reply>();
        for (var i = 0; i < envelope.recipients().size(); i++) {
            all.add(take.refused().getOrDefault(i, ok()));
        }
        return List.copyOf(all);
    }

    /** One reply for each recipient, once it is known what became of it (RFC 2033 section 4.2). */
    private List<Reply> settled(DataVerdict.Take take, List<NewRecipient> recipients) throws SinkException {
        try (var wait = room.awaited().begin(id, recipients.size())) {
            commit(take, recipients);
            var until = System.nanoTime() + room.config().lmtpWait().toNanos();
            var all = new ArrayList<Reply>();
            var number = 0;   // the spool's, of those that it took
            for (var i = 0; i < envelope.recipients().size(); i++) {
                var refusal = Optional.ofNullable(take.refused().get(i));
                all.add(refusal.isPresent() ? refusal.get() : settled(wait, recipients.get(number), number++, until));
            }
            return List.copyOf(all);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SinkException(Intake.BROKEN, "interrupted while the message was delivered", e);
        }
    }

    private Reply settled(Awaited.Wait wait, NewRecipient recipient, int number, long until)
            throws InterruptedException {
        // Held or discarded by the policy: that is settled already.
        return recipient.state() instanceof RecipientState.Pending ? wait.reply(number, until).orElse(ok()) : ok();
    }

    /** Nobody gets it: nothing is stored, and the one reply of SMTP is temporary if any of them is. */
    private List<Reply> allRefused(DataVerdict.Take take) {
        var all = new ArrayList<Reply>();
        for (var i = 0; i < envelope.recipients().size(); i++) {
            all.add(take.refused().get(i));
        }
        var one = all.stream().filter(Reply::isTransient).findFirst().orElse(all.getFirst());
        return isLmtp() ? List.copyOf(all) : refused(one);
    }

    private void commit(DataVerdict.Take take, List<NewRecipient> recipients) throws SinkException {
        var address = Trace.text(peer.remote());
        var parameters = parameters();
        var origin = new Origin(envelope.sender(), parameters, began, peer.listener(), address, peer.helo(),
            peer.user());
        var history = new ArrayList<Event>();
        history.addAll(take.history());
        history.add(new Event(room.clock().instant(), "", "received", detail(address)));
        try {
            room.spool().commit(Change.accept(new NewMessage(id, origin, take.variants(),
                parameters.handling().heldUntil().map(until -> held(recipients, until)).orElse(recipients), history)));
        } catch (SpoolException e) {
            log.error("not-spooled", e, "from", envelope.sender(), "octets", octets);
            // The database does not always know why it cannot write.
            throw room.spool().hasRoom(room.config().largestMessage()) ? Intake.failed(e)
                : new SinkException(Intake.NO_ROOM, e.getMessage(), e);
        }
        log.info("received", "from", "<" + envelope.sender() + ">", "ip", address, "helo", peer.helo(), "with",
            protocol(), "listener", peer.listener(), "user", peer.user(), "octets", octets, "recipients",
            recipients.size());
        for (var event : take.history()) {
            if (!event.recipient().isEmpty()) {
                log.info(event.what(), "to", event.recipient(), "detail", event.detail());
            }
        }
    }

    /**
     * With a return path for each recipient, where the configuration wants that for this sender; and with by-trace only
     * for those who logged in: who that reports to learns the ways of mail in here.
     */
    private MailParameters parameters() {
        var asked = envelope.parameters();
        var parameters = peer.isAuthenticated() ? asked : asked.with(asked.handling().untraced());
        if (room.config().verp().isEmpty() || !parameters.handling().verp().isEmpty()) {
            return parameters;
        }
        var delimiters = room.config().verp().getOrDefault(envelope.sender().toString().toLowerCase(Locale.ROOT), "");
        return delimiters.isEmpty() ? parameters : parameters.with(parameters.handling().verp(delimiters));
    }

    /** Their way begins when the message is released (RFC 4865). */
    private static List<NewRecipient> held(List<NewRecipient> recipients, Instant until) {
        return recipients.stream().map(recipient -> new NewRecipient(recipient.recipient(), recipient.variant(),
            held(recipient.state(), until))).toList();
    }

    private static RecipientState held(RecipientState state, Instant until) {
        return switch (state) {
            case RecipientState.Pending p when p.due().isBefore(until) ->
                p.at(until);
            case RecipientState.Held(var name, var before) -> new RecipientState.Held(name, held(before, until));
            case RecipientState.Pending _, RecipientState.Routed _, RecipientState.Failed _,
                 RecipientState.Unreported _, RecipientState.Delivered _, RecipientState.Bounced _,
                 RecipientState.Discarded _ -> state;
        };
    }

    private String protocol() {
        return peer.protocol(envelope.parameters().smtpUtf8());
    }

    private String detail(String address) {
        return "from <" + envelope.sender() + "> by " + address + " (" + printable(peer.helo()) + ") with " + protocol()
            + peer.tls().map(tls -> " (" + tls.protocol() + ")").orElse("") + " on " + peer.listener()
            + (peer.isAuthenticated() ? " as " + printable(peer.user()) : "") + ", " + octets + " octets"
            + envelope.parameters().handling().heldUntil().map(until -> ", held until " + until).orElse("");
    }

    private static String printable(String text) {
        for (var i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return text.replaceAll("\\p{Cntrl}", "?");
            }
        }
        return text;
    }

    @Override public void close() {
        draft.close();
    }
}
