package org.posthorn.protocols.client;

import org.posthorn.protocols.net.Wire;

/**
 * The client's side of LMTP (RFC 2033): LHLO instead of EHLO, and a reply for each accepted recipient after the text.
 * When the connection ends after some of them, those are settled and the rest may be tried again.
 */
public final class LmtpClient extends MailClient {

    /** Speaks over a connected wire, which belongs to the client from now on. */
    public LmtpClient(Wire wire, ClientSettings settings) {
        super(Dialect.LMTP, wire, settings);
    }
}
