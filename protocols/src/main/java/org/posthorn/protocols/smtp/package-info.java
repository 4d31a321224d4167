/**
 * The SMTP server session (RFC 5321): commands in, replies out, and two ports to the world.
 *
 * <p>In: a {@link org.posthorn.protocols.net.Wire}. Asked: the {@link org.posthorn.protocols.smtp.Policy}, at connect
 * and at each RCPT. Out: the octets of each message to the {@link org.posthorn.protocols.smtp.Sink}, whose answer is
 * the reply to the final dot. Read {@code SmtpSession} and {@code Command} first.
 */
package org.posthorn.protocols.smtp;
