package org.posthorn.server.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.james.core.MailAddress;
import org.apache.james.core.MaybeSender;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.posthorn.mailets.port.RelayClient;
import org.posthorn.mailets.port.Stage;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.net.ClientCertificate;
import org.posthorn.protocols.net.TlsFacts;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.Peer;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.smtp.Verdict;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.chain.Addresses;
import org.posthorn.server.chain.AuthNotes;
import org.posthorn.server.chain.Ending;
import org.posthorn.server.chain.Fate;
import org.posthorn.server.chain.MailFacts;
import org.posthorn.server.chain.PosthornMail;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.spool.Draft;
import org.posthorn.server.spool.QueueId;

/**
 * The processors {@code connect}, {@code rcpt} and {@code data}, asked in one session, on its thread.
 *
 * <p>A connection is asked about as a mail to {@code connection@posthorn.invalid}, so that matchers have somebody to
 * name. A recipient is asked about alone. Whatever goes wrong is 451 4.3.0, and never an acceptance.
 */
final class ProcessorPolicy implements SessionPolicy {

    /** What a client is told of our own faults. */
    static final Reply FAULT = Reply.of(451, "4.3.0", "The policy cannot be asked now, please try again later");

    private static final Reply NO_MEMORY = Reply.of(452, "4.3.1", "Too busy, please try again later");
    private static final EventLog LOG = EventLog.of(ProcessorPolicy.class);
    private static final Mailbox CONNECTION = new Mailbox("connection", "posthorn.invalid");
    private static final MailAddress CONNECTION_ADDRESS = Addresses.james(CONNECTION).orElseThrow();
    private static final AttributeName EARLIER_RECIPIENTS = AttributeName.of("org.posthorn.earlierRecipients");
    private static final AttributeName DECLARED_SIZE = AttributeName.of("org.posthorn.declaredSize");
    private static final AttributeName TRUSTED = AttributeName.of("org.apache.james.SMTPIsAuthNetwork");
    /** What is known of the client and of the question is given each time: it may be another one by then. */
    private static final Set<AttributeName> GIVEN_ANEW = Set.of(Mail.SMTP_AUTH_USER, Mail.SMTP_HELO, TRUSTED,
        RelayClient.CERTIFICATE, MailFacts.LISTENER, Mail.SMTP_SESSION_ID, EARLIER_RECIPIENTS, DECLARED_SIZE);

    private final Policies.Tools tools;
    private Map<AttributeName, Attribute> ofConnection = Map.of();
    private Optional<Found> ofTransaction = Optional.empty();
    private Optional<Client> client = Optional.empty();
    private Optional<Sender> sender = Optional.empty();

    ProcessorPolicy(Policies.Tools tools) {
        this.tools = tools;
    }

    /** What is known of the client, put together once for all that is asked about it. */
    private record Client(Peer peer, List<Attribute> facts) {
    }

    /**
     * What was found out in a transaction; made when there is something: most sessions that wait are in none.
     *
     * @param decided by the recipient's place in the envelope
     */
    private record Found(Map<AttributeName, Attribute> notes, Map<Integer, Decision> decided) {
    }

    /** A sender, and how mailets see it. */
    private record Sender(ReversePath path, MaybeSender seen) {
    }

    /**
     * What {@code rcpt} decided for a recipient.
     *
     * @param address the recipient's, as mailets see it
     * @param fate accepted, undecided, held or discarded
     * @param rule the step that said so
     * @param relay as {@link Asked} has it
     */
    record Decision(MailAddress address, Fate fate, String rule, String relay) {
    }

    /**
     * What was asked, for the log.
     *
     * @param at the processor
     * @param sender the reverse path; empty also before there is one
     * @param recipient whom it was about; empty at connect
     * @param relay by which rule we take or pass on mail for the recipient, or {@code none}; empty where nobody looked
     */
    record Asked(Peer peer, String at, String sender, String recipient, String relay) {
    }

    /** A second time in one session: a listed peer now speaks for another client. */
    @Override public Verdict connect(Peer peer) {
        ofConnection = Map.of();
        return guarded(peer, "connect", () -> {
            var ending = only("connect", mail(peer, Stage.CONNECT, MaybeSender.nullSender(),
                Map.of(CONNECTION_ADDRESS, Recipient.of(CONNECTION))));
            client = Optional.empty();   // once it has greeted it is another peer
            return switch (ending.fate()) {
                case Fate.Accepted _, Fate.Undecided _ -> {
                    var notes = new LinkedHashMap<AttributeName, Attribute>();
                    note(ending, notes);
                    ofConnection = notes.isEmpty() ? Map.of() : notes;
                    yield Verdict.accept();
                }
                default -> refusal(new Asked(peer, "connect", "", "", ""), ending);
            };
        });
    }

    @Override public Verdict rcpt(Peer peer, Envelope envelope, Recipient recipient) {
        if (!peer.isAuthenticated() && tools.heap().isShort()) {
            return new Verdict.Refuse(NO_MEMORY);
        }
        return guarded(peer, "rcpt", () -> {
            var sender = sender(envelope);
            var address = Addresses.james(recipient.mailbox());
            if (sender.isEmpty()) {
                return new Verdict.Refuse(Reply.of(553, "5.1.7", "This sender address cannot be handled here"));
            }
            if (address.isEmpty()) {
                return new Verdict.Refuse(Reply.of(553, "5.1.3", "This recipient address cannot be handled here"));
            }
            var mail = mail(peer, Stage.RCPT, sender.get(), Map.of(address.get(), recipient));
            mail.setAttribute(new Attribute(EARLIER_RECIPIENTS, AttributeValue.of(envelope.recipients().size())));
            mail.setAttribute(new Attribute(DECLARED_SIZE, AttributeValue.of(envelope.parameters().size())));
            var ending = only("rcpt", mail);
            mail.removeAttribute(EARLIER_RECIPIENTS);
            // Also when this recipient is refused: the sender is the same for the next one.
            ending.mail().getAttribute(AuthNotes.SPF).ifPresent(known -> found().notes().put(known.getName(), known));
            mail.removeAttribute(DECLARED_SIZE);
            var passage = passage(peer, recipient.mailbox());
            var asked = new Asked(peer, "rcpt", envelope.sender().toString(), recipient.mailbox().toString(),
                passage.orElse("none"));
            return switch (ending.fate()) {
                // The wall behind the policy. What is held now may be released later, and would then be passed on.
                case Fate.Undecided _, Fate.Held _ when passage.isEmpty() -> refusal(asked, new Ending(mail,
                    ending.recipients(), new Fate.Rejected(Reply.of(550, "5.7.1", "Relaying denied")), ending.rule()));
                case Fate.Accepted _, Fate.Undecided _, Fate.Held _, Fate.Discarded _ -> {
                    note(ending, found().notes());
                    found().decided().put(envelope.recipients().size(), new Decision(address.get(), ending.fate(),
                        ending.rule(), asked.relay()));
                    yield Verdict.accept();
                }
                default -> refusal(asked, ending);
            };
        });
    }

    /** The sender as mailets see it, made once for all recipients of a message. */
    private Optional<MaybeSender> sender(Envelope envelope) {
        if (sender.isEmpty() || !sender.get().path().equals(envelope.sender())) {
            sender = Addresses.james(envelope.sender()).map(seen -> new Sender(envelope.sender(), seen));
        }
        return sender.map(Sender::seen);
    }

    /** As what a recipient can be taken: {@code hosted}, or by which rule we relay; empty when as nothing. */
    private Optional<String> passage(Peer peer, Mailbox recipient) {
        return tools.residents().isHosted(recipient.domain()) ? Optional.of("hosted")
            : tools.relay().rule(new RelayClient(peer.user(), remote(peer), certificate(peer)), recipient.domain());
    }

    private static String certificate(Peer peer) {
        return peer.tls().flatMap(TlsFacts::certificate).map(ClientCertificate::fingerprint).orElse("");
    }

    @Override public List<String> results() {
        var fields = AuthNotes.fields(found().notes().values());
        if (!fields.isEmpty()) {
            found().notes().put(AuthNotes.WRITTEN, AuthNotes.written());
        }
        return fields;
    }

    @Override public DataVerdict data(Peer peer, Envelope envelope, QueueId id, Draft message) {
        try {
            return new DataDecision(tools, peer, envelope, id, found().decided()).decide(message,
                facts(peer), sender(envelope).orElseThrow());
        } catch (RuntimeException e) {
            LOG.mail(id).connection(peer.connection()).error("policy-failed", e, "at", "data");
            return new DataVerdict.Refuse(new Verdict.Refuse(FAULT));
        }
    }

    @Override public void reset() {
        ofTransaction = Optional.empty();
    }

    private Found found() {
        if (ofTransaction.isEmpty()) {
            ofTransaction = Optional.of(new Found(new LinkedHashMap<>(), new HashMap<>()));
        }
        return ofTransaction.get();
    }

    private interface Question {
        Verdict ask();
    }

    private static Verdict guarded(Peer peer, String at, Question question) {
        try {
            return question.ask();
        } catch (RuntimeException e) {
            LOG.connection(peer.connection()).error("policy-failed", e, "at", at);
            return new Verdict.Refuse(FAULT);
        }
    }

    /** How the one recipient of a mail ended. */
    private Ending only(String processor, PosthornMail mail) {
        return tools.chains().with(chain -> {
            if (!chain.has(processor)) {
                return new Ending(mail, List.copyOf(mail.getRecipients()), new Fate.Undecided(), processor + " end");
            }
            for (var ending : chain.run(processor, mail)) {
                if (!ending.recipients().isEmpty()) {
                    return ending;
                }
            }
            throw new IllegalStateException("nothing became of " + mail);
        });
    }

    private PosthornMail mail(Peer peer, Stage stage, MaybeSender sender, Map<MailAddress, Recipient> recipients) {
        var facts = new MailFacts(peer.connection(), sender, remote(peer), stage, false);
        return new PosthornMail(facts, recipients, Optional.empty(), facts(peer));
    }

    /** What was noted, and above it what is known of the client now. */
    @SuppressWarnings("ReferenceEquality")   // a client of whom more is known is another peer
    private Collection<Attribute> facts(Peer peer) {
        var all = new ArrayList<Attribute>(ofConnection.values());
        ofTransaction.ifPresent(found -> all.addAll(found.notes().values()));
        if (client.isEmpty() || client.get().peer() != peer) {
            client = Optional.of(new Client(peer, ofClient(peer)));
        }
        all.addAll(client.get().facts());
        return all;
    }

    private List<Attribute> ofClient(Peer peer) {
        var all = new ArrayList<>(MailFacts.ofClient(peer.listener(), peer.helo(), peer.user()));
        all.add(new Attribute(Mail.SMTP_SESSION_ID, AttributeValue.of(peer.connection())));
        peer.tls().ifPresent(tls -> {
            all.add(new Attribute(Mail.SSL_PROTOCOL, AttributeValue.of(tls.protocol())));
            all.add(new Attribute(Mail.SSL_CIPHER, AttributeValue.of(tls.cipherSuite())));
        });
        if (!certificate(peer).isEmpty()) {
            all.add(new Attribute(RelayClient.CERTIFICATE, AttributeValue.of(certificate(peer))));
        }
        if (tools.relay().isTrusted(remote(peer))) {
            all.add(new Attribute(TRUSTED, AttributeValue.of(true)));   // James looks for a Boolean
        }
        return all;
    }

    private static void note(Ending ending, Map<AttributeName, Attribute> notes) {
        for (var attribute : ending.mail().noted()) {
            if (!GIVEN_ANEW.contains(attribute.getName())) {
                notes.put(attribute.getName(), attribute);
            }
        }
    }

    static String remote(Peer peer) {
        return peer.remote().getAddress().getHostAddress();
    }

    /** The answer of a fate that is none to accept. */
    static Verdict refusal(Asked asked, Ending ending) {
        var peer = asked.peer();
        var log = LOG.connection(peer.connection());
        return switch (ending.fate()) {
            case Fate.Rejected(var reply) -> {
                said(log, "refused", asked, reply, ending.rule());
                yield new Verdict.Refuse(reply);
            }
            case Fate.Deferred(var reply) -> {
                said(log, "refused", asked, reply, ending.rule());
                yield new Verdict.Refuse(reply);
            }
            case Fate.Disconnected(var reply) -> {
                said(log, "disconnected", asked, reply, ending.rule());
                yield new Verdict.Disconnect(reply);
            }
            case Fate.Broken(var cause) -> {
                log.error("policy-failed", cause, "at", asked.at(), "to", asked.recipient(), "rule",
                    ending.rule());
                yield new Verdict.Refuse(FAULT);
            }
            case Fate.Accepted _, Fate.Undecided _, Fate.Held _, Fate.Discarded _, Fate.SentOn _, Fate.Routed _,
                 Fate.Replaced _ -> {
                log.warn("policy-meaningless", "at", asked.at(), "to", asked.recipient(), "rule", ending.rule(),
                    "fate", ending.fate().getClass().getSimpleName());
                yield new Verdict.Refuse(FAULT);
            }
        };
    }

    private static void said(EventLog log, String event, Asked asked, Reply reply, String rule) {
        var peer = asked.peer();
        log.info(event, "at", asked.at(), "listener", peer.listener(), "ip", remote(peer), "helo", peer.helo(),
            "from", asked.sender(), "to", asked.recipient(), "reply", reply, "rule", rule, "relay", asked.relay());
    }
}
