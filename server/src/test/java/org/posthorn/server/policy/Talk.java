package org.posthorn.server.policy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Peer;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.smtp.Verdict;
import org.posthorn.server.chain.Fixture;
import org.posthorn.server.chain.TestMail;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.NewMessage;
import org.posthorn.server.spool.Origin;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.TestClock;
import org.posthorn.server.spool.TestMessages;

/** A session's side of the policy: says what a client does, tells what the policy answers. */
public final class Talk {

    public final InMemorySpool spool;
    public final TestClock clock = new TestClock();
    public final Fixture fixture;
    public final List<Recipient> accepted = new ArrayList<>();
    public boolean memoryIsShort;
    private final SessionPolicy policy;
    private Peer peer = peer(Peer.Greeting.EHLO, "203.0.113.9", "");
    private ReversePath sender = ReversePath.of(TestMail.box("zoe@far.example"));

    public Talk(Path folder) {
        spool = new InMemorySpool(clock);
        fixture = new Fixture(folder);
        policy = new Policies(fixture.chains(), spool, fixture.residents(), fixture.workshop.relay,
            () -> memoryIsShort, clock).open();
    }

    public Talk policy(String processors) {
        fixture.policy(processors);
        return this;
    }

    public Talk file(String text) {
        fixture.file(text);
        return this;
    }

    public Talk as(Peer.Greeting greeting, String remote, String user) {
        peer = peer(greeting, remote, user);
        return this;
    }

    public Talk from(ReversePath path) {
        sender = path;
        return this;
    }

    public Talk helo(String name) {
        peer = new Peer(peer.connection(), peer.listener(), peer.local(), peer.remote(), peer.greeting(), name,
            peer.tls(), peer.user());
        return this;
    }

    private static Peer peer(Peer.Greeting greeting, String remote, String user) {
        return new Peer("c1", "smtp", new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 25),
            new InetSocketAddress(InetAddress.ofLiteral(remote), 4711), greeting, "client.example", Optional.empty(),
            user);
    }

    public String connect() {
        return text(policy.connect(peer));
    }

    public String rcpt(String address) {
        return rcpt(Recipient.of(TestMail.box(address)));
    }

    public String rcpt(Recipient recipient) {
        var verdict = policy.rcpt(peer, envelope(), recipient);
        if (verdict instanceof Verdict.Accept) {
            accepted.add(recipient);
        }
        return text(verdict);
    }

    public List<String> results() {
        return policy.results();
    }

    public void reset() {
        policy.reset();
        accepted.clear();
    }

    public DataVerdict data(String message) {
        return policy.data(peer, envelope(), new QueueId(77), TestMessages.draft(spool, message));
    }

    /** The message as intake would give it to the spool. */
    public static NewMessage message(Talk talk, DataVerdict.Take take) {
        return new NewMessage(talk.spool.nextId(), new Origin(talk.sender, MailParameters.NONE, talk.clock.instant(),
            "smtp", "203.0.113.9", "client.example", ""), take.variants(), take.recipients(), take.history());
    }

    private Envelope envelope() {
        return new Envelope(sender, MailParameters.NONE, accepted);
    }

    public static String text(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Accept _ -> "ok";
            case Verdict.Refuse(var reply) -> reply.toString();
            case Verdict.Disconnect(var reply) -> reply + " and close";
        };
    }

    public static String text(DataVerdict verdict) {
        return switch (verdict) {
            case DataVerdict.Refuse(var refusal) -> text(refusal);
            case DataVerdict.Take take -> String.join(", ", take.recipients().stream().map(recipient ->
                recipient.recipient().mailbox() + " " + recipient.state().getClass().getSimpleName()).toList());
        };
    }
}
