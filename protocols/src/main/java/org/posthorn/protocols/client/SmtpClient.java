package org.posthorn.protocols.client;

import org.posthorn.protocols.net.Wire;

/**
 * The client's side of SMTP (RFC 5321), with what servers offer of SIZE, 8BITMIME, BINARYMIME with CHUNKING, SMTPUTF8,
 * DSN, PIPELINING and STARTTLS. One reply settles all accepted recipients.
 */
public final class SmtpClient extends MailClient {

    /** Speaks over a connected wire, which belongs to the client from now on. */
    public SmtpClient(Wire wire, ClientSettings settings) {
        super(Dialect.SMTP, wire, settings);
    }
}
