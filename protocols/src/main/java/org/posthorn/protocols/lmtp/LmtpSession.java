package org.posthorn.protocols.lmtp;

import org.posthorn.protocols.net.Session;
import org.posthorn.protocols.net.Wire;
import org.posthorn.protocols.smtp.Extension;
import org.posthorn.protocols.smtp.SessionPorts;
import org.posthorn.protocols.smtp.SessionSettings;
import org.posthorn.protocols.smtp.SmtpSession;

/** One LMTP conversation, as server. Must not be served on TCP port 25 (RFC 2033 section 5). */
public final class LmtpSession implements Session {

    private final SmtpSession session;

    /**
     * Prepares a session; {@link #run} serves it.
     *
     * @param connection the connection's id, as it stands in logs
     * @param settings their dialect is replaced by LMTP, and ETRN is not for LMTP
     */
    public LmtpSession(String connection, Wire wire, SessionSettings settings, SessionPorts ports) {
        this.session = new SmtpSession(connection, wire,
            settings.withDialect(LmtpDialect.LMTP).without(Extension.ETRN), ports);
    }

    @Override public void run() {
        session.run();
    }

    @Override public void endSoon() {
        session.endSoon();
    }
}
