/**
 * The other side of the conversation: sending mail to an SMTP or LMTP server.
 *
 * <p>In: an envelope and its content. Out: one {@link org.posthorn.protocols.client.RecipientResult} per recipient,
 * never an exception for what the far side does. RFC 5321, RFC 2033, RFC 2920, RFC 3207. Read {@link
 * org.posthorn.protocols.client.SmtpClient} and {@code Transaction} first.
 */
package org.posthorn.protocols.client;
