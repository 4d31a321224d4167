package org.posthorn.protocols.smtp;

import java.util.ArrayList;
import java.util.List;
import org.posthorn.protocols.wire.Reply;

/** Accepts all but what its name tells it to refuse: recipients called {@code no}, {@code later}, {@code out}. */
public final class ScriptedPolicy implements Policy {

    private final List<Peer> asked = new ArrayList<>();
    private Verdict atConnect = Verdict.accept();
    private int resets;

    public void atConnect(Verdict verdict) {
        atConnect = verdict;
    }

    /** The peers as they were at each question. */
    public List<Peer> asked() {
        return asked;
    }

    public int resets() {
        return resets;
    }

    @Override public Verdict connect(Peer peer) {
        asked.add(peer);
        return atConnect;
    }

    @Override public Verdict rcpt(Peer peer, Envelope envelope, Recipient recipient) {
        asked.add(peer);
        return switch (recipient.mailbox().localPart()) {
            case "no" -> new Verdict.Refuse(Reply.of(550, "5.1.1", "No such user here"));
            case "later" -> new Verdict.Refuse(Reply.of(451, "4.4.3", "DNS is down"));
            case "out" -> new Verdict.Disconnect(Reply.of(421, "4.7.1", "Go away"));
            case "broken" -> throw new IllegalStateException("broken");
            default -> Verdict.accept();
        };
    }

    @Override public void reset() {
        resets++;
    }
}
