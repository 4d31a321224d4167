package org.posthorn.server.spool;

import java.time.Instant;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.MailParameters;

/**
 * Who gave us a message, when and how. Never changes.
 *
 * @param sender the reverse path
 * @param parameters of MAIL FROM
 * @param received when it was accepted
 * @param listener by which listener, such as {@code smtp}; {@code internal} for our own reports
 * @param remoteAddress the client's IP address; {@code 127.0.0.1} for our own
 * @param helo the client's greeting
 * @param user the authenticated user; empty for strangers
 */
public record Origin(ReversePath sender, MailParameters parameters, Instant received, String listener,
                     String remoteAddress, String helo, String user) {
}
