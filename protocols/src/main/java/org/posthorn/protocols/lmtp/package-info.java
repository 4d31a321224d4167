/**
 * LMTP (RFC 2033): the session of {@code org.posthorn.protocols.smtp} with other greetings, and one reply for each
 * recipient.
 *
 * <p>In: a {@link org.posthorn.protocols.net.Wire}. Out: as for SMTP. Read {@link
 * org.posthorn.protocols.lmtp.LmtpDialect}.
 */
package org.posthorn.protocols.lmtp;
