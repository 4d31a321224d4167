package org.posthorn.protocols.smtp;

import org.posthorn.protocols.sasl.Mechanisms;

/**
 * What a session asks and tells.
 *
 * @param policy of this session alone
 * @param sink of this session alone
 * @param mechanisms {@link Mechanisms#none} where nobody logs in
 * @param observer told what happens, for logs and counters
 */
public record SessionPorts(Policy policy, Sink sink, Mechanisms mechanisms, SessionObserver observer) {
}
