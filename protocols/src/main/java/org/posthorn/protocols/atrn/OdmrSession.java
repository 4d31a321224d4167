package org.posthorn.protocols.atrn;

import java.util.EnumSet;
import org.posthorn.protocols.net.Session;
import org.posthorn.protocols.net.Wire;
import org.posthorn.protocols.smtp.Extension;
import org.posthorn.protocols.smtp.SessionPorts;
import org.posthorn.protocols.smtp.SessionSettings;
import org.posthorn.protocols.smtp.SmtpSession;

/** One conversation of on-demand mail relay, as provider (RFC 2645); its port is 366. */
public final class OdmrSession implements Session {

    private final SmtpSession session;

    /**
     * Prepares a session; {@link #run} serves it.
     *
     * @param connection the connection's id, as it stands in logs
     * @param settings their dialect is replaced; of their extensions those stay that matter without mail
     */
    public OdmrSession(String connection, Wire wire, SessionSettings settings, SessionPorts ports) {
        var extensions = EnumSet.of(Extension.ENHANCED_STATUS_CODES, Extension.STARTTLS, Extension.AUTH,
            Extension.XCLIENT, Extension.HELP);
        extensions.retainAll(settings.extensions());
        extensions.add(Extension.ATRN);
        this.session = new SmtpSession(connection, wire,
            settings.withDialect(OdmrDialect.ODMR).withExtensions(extensions), ports);
    }

    @Override public void run() {
        session.run();
    }

    @Override public void endSoon() {
        session.endSoon();
    }
}
