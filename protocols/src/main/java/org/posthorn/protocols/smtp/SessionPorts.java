package org.posthorn.protocols.smtp;

import org.posthorn.protocols.atrn.QueueTurn;
import org.posthorn.protocols.etrn.QueueFlush;
import org.posthorn.protocols.sasl.Mechanisms;

/**
 * What a session asks and tells.
 *
 * @param policy of this session alone
 * @param sink of this session alone
 * @param mechanisms {@link Mechanisms#none} where nobody logs in
 * @param flush who starts queues; {@link QueueFlush#none} where nobody does
 * @param turn who gives clients their mail over their own connection; {@link QueueTurn#none} where nobody does
 * @param observer told what happens, for logs and counters
 */
public record SessionPorts(Policy policy, Sink sink, Mechanisms mechanisms, QueueFlush flush, QueueTurn turn,
                           SessionObserver observer) {

    /** Where no mail is fetched. */
    public SessionPorts(Policy policy, Sink sink, Mechanisms mechanisms, QueueFlush flush, SessionObserver observer) {
        this(policy, sink, mechanisms, flush, QueueTurn.none(), observer);
    }

    /** Where no queues are started. */
    public SessionPorts(Policy policy, Sink sink, Mechanisms mechanisms, SessionObserver observer) {
        this(policy, sink, mechanisms, QueueFlush.none(), observer);
    }
}
