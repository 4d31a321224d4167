package org.posthorn.server.chain;

import java.util.ArrayList;
import java.util.List;
import org.apache.james.core.MaybeSender;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.posthorn.mailets.port.Stage;

/**
 * What does not change while a mail is processed.
 *
 * @param name the queue id; before there is one, the connection's id
 * @param sender the reverse path
 * @param remoteAddress the client's IP address
 * @param stage when this is
 * @param released whether an operator released it: it passes every Hold
 */
public record MailFacts(String name, MaybeSender sender, String remoteAddress, Stage stage, boolean released) {

    /** The listener that the mail came in by. */
    public static final AttributeName LISTENER = AttributeName.of("org.posthorn.listener");

    static boolean isOfOrigin(AttributeName name) {
        return name.equals(LISTENER) || name.equals(Mail.SMTP_HELO) || name.equals(Mail.SMTP_AUTH_USER);
    }

    /** What mailets of James look for in a mail that came from a client. */
    public static List<Attribute> ofClient(String listener, String helo, String user) {
        var facts = new ArrayList<Attribute>();
        facts.add(new Attribute(LISTENER, AttributeValue.of(listener)));
        if (!helo.isEmpty()) {
            facts.add(new Attribute(Mail.SMTP_HELO, AttributeValue.of(helo)));
        }
        if (!user.isEmpty()) {
            facts.add(new Attribute(Mail.SMTP_AUTH_USER, AttributeValue.of(user)));
        }
        return facts;
    }
}
