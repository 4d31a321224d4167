package org.posthorn.mailets;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import org.posthorn.mailets.port.Answer;
import org.posthorn.mailets.port.Disposition;
import org.posthorn.mailets.port.Manifest;

/**
 * Routes the mail to other hosts. The delivery itself is done later, by the agent {@code remote}.
 *
 * <p>Parameter {@code gateway}: {@code host} or {@code host:port} that gets all of it; without it the mail exchangers
 * of each recipient's domain. Parameter {@code gatewayPort}: the port for a gateway written without one, default 25.
 * James's {@code sendpartial} may be true: recipients are settled one by one.
 */
public final class RemoteDelivery extends AnswerMailet {

    private static final int HIGHEST_PORT = 65_535;

    @Inject
    RemoteDelivery(Disposition disposition) {
        super(disposition, Manifest.endingAccepted("gateway", "gatewayPort", "sendpartial"));
    }

    @Override Answer answer() throws MessagingException {
        if (!getInitParameter("sendpartial", "true").strip().equalsIgnoreCase("true")) {
            throw new MessagingException("RemoteDelivery: <sendpartial> can only be true: each recipient is settled"
                + " alone, whatever becomes of the others");
        }
        var gateway = getInitParameter("gateway", "").strip();
        var port = getInitParameter("gatewayPort", "").strip();
        if (gateway.isEmpty()) {
            if (!port.isEmpty()) {
                throw new MessagingException("RemoteDelivery: <gatewayPort> needs a <gateway>");
            }
            return new Answer.RouteByDomain("remote");
        }
        // A host of letters, or an address in brackets; then perhaps a port.
        if (!gateway.matches("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(:[0-9]{1,5})?")) {
            throw new MessagingException("RemoteDelivery: <gateway> must be one host or host:port, found '" + gateway
                + "'; addresses of IPv6 stand in brackets");
        }
        var colon = gateway.lastIndexOf(':');
        var written = colon > gateway.indexOf(']') && colon > 0;
        var number = written ? gateway.substring(colon + 1) : port.isEmpty() ? "25" : port;
        if (!number.matches("[0-9]{1,5}") || Integer.parseInt(number) < 1 || Integer.parseInt(number) > HIGHEST_PORT) {
            throw new MessagingException(
                "RemoteDelivery: the gateway's port must be 1 to 65535, found '" + number + "'");
        }
        return new Answer.Route("remote", (written ? gateway.substring(0, colon) : gateway) + ":" + number);
    }
}
