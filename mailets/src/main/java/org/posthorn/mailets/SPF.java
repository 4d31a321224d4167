package org.posthorn.mailets;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMailet;
import org.posthorn.mailets.port.AuthFacts;
import org.posthorn.mailets.port.Described;
import org.posthorn.mailets.port.Manifest;
import org.posthorn.mailets.port.Network;

/**
 * Checks whether the client may send in the sender's name (RFC 7208) and notes what came of it; the mail goes on
 * whatever it is. James's mailet of that name, with its parameters and attributes.
 *
 * <p>Asked while the client waits, the result always stands in the message's header; {@code addHeader} is for the time
 * after the 250.
 */
public final class SPF extends GenericMailet implements Described {

    private static final AttributeName RESULT = AttributeName.of("org.apache.james.transport.mailets.spf.result");
    private static final AttributeName EXPLANATION =
        AttributeName.of("org.apache.james.transport.mailets.spf.explanation");

    private final AuthFacts facts;
    private boolean addHeader;
    private boolean debug;
    private List<Network> ignored = List.of();

    @Inject
    SPF(AuthFacts facts) {
        this.facts = facts;
    }

    @Override public Manifest manifest() {
        return Manifest.endingRecipients("addHeader", "debug", "ignoredNetworks").passing();
    }

    @Override public void init() throws MessagingException {
        addHeader = flag("addHeader");
        debug = flag("debug");
        try {
            ignored = Stream.of(getInitParameter("ignoredNetworks", "").split("[,\\s]+"))
                .filter(text -> !text.isEmpty()).map(Network::parse).toList();
        } catch (IllegalArgumentException e) {
            throw new MessagingException("SPF: ignoredNetworks: " + e.getMessage(), e);
        }
    }

    private boolean flag(String name) throws MessagingException {
        return switch (getInitParameter(name, "false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new MessagingException("SPF: expected <" + name + ">true</" + name + "> or false, found '"
                + getInitParameter(name) + "'");
        };
    }

    @SuppressWarnings("deprecation")   // the log of the Mailet API is the only one that a mailet has
    @Override public void service(Mail mail) throws MessagingException {
        var client = mail.getRemoteAddr();
        for (var network : ignored) {
            if (network.contains(client)) {
                return;
            }
        }
        var spf = facts.spf(mail);
        mail.setAttribute(new Attribute(RESULT, AttributeValue.of(spf.result().text())));
        mail.setAttribute(new Attribute(EXPLANATION, AttributeValue.of(spf.explanation())));
        if (debug) {
            log("SPF of " + client + " for " + mail.getMaybeSender().asPrettyString() + ": " + spf);
        }
        if (addHeader) {
            facts.writeResults(mail);
        }
    }

    @Override public String getMailetInfo() {
        return "SPF";
    }
}
