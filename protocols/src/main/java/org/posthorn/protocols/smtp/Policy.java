package org.posthorn.protocols.smtp;

/**
 * Asked by a session before it accepts. One instance serves one session, on the session's thread; a question may take
 * as long as its lookups take. It does not throw for what peers do: a lookup that fails is a 4yz refusal.
 */
public interface Policy {

    /** Asked once, before the greeting. */
    Verdict connect(Peer peer);

    /**
     * Asked at each RCPT TO that parsed and is within limits.
     *
     * @param envelope the envelope so far, without this recipient
     */
    Verdict rcpt(Peer peer, Envelope envelope, Recipient recipient);

    /** The transaction ended, or RSET, a new greeting or STARTTLS discarded it: forget what was noted of it. */
    void reset();
}
