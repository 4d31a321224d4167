/**
 * The operator's policy, asked while the client waits.
 *
 * <p>In: a connection, a recipient, a whole message. Out: the answer of the processors {@code connect}, {@code rcpt}
 * and {@code data}, turned into an SMTP reply. Read {@link org.posthorn.server.policy.SessionPolicy} first.
 */
package org.posthorn.server.policy;
