package com.example.greylisting;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMailet;
import org.posthorn.mailets.port.Answer;
import org.posthorn.mailets.port.Described;
import org.posthorn.mailets.port.Disposition;
import org.posthorn.mailets.port.Manifest;
import org.posthorn.mailets.port.RelayRules;
import org.posthorn.mailets.port.ReplyText;
import org.posthorn.mailets.port.Stage;

/**
 * Lets a client wait that names a sender and a recipient for the first time: real servers come again, most spammers do
 * not. Clients of a trusted network never wait.
 *
 * <p>Parameter {@code wait}: how many seconds must pass, default 300. Parameter {@code reply}: of class 4.
 */
public class Greylist extends GenericMailet implements Described {

    /** How many seconds somebody had to wait, on mail that was greylisted. */
    static final AttributeName WAITED = AttributeName.of("com.example.greylisting.waited");

    private static final int MOST = 100_000;   // pairs remembered; the oldest are forgotten

    private final Disposition disposition;
    private final RelayRules relay;
    private final InstantSource clock;
    private final Map<String, Instant> seen = new LinkedHashMap<>() {   // guarded by this mailet
        @Override protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > MOST;
        }
    };
    private Duration wait = Duration.ZERO;
    private ReplyText reply;

    @Inject
    Greylist(Disposition disposition, RelayRules relay) {
        this(disposition, relay, InstantSource.system());
    }

    Greylist(Disposition disposition, RelayRules relay, InstantSource clock) {
        this.disposition = disposition;
        this.relay = relay;
        this.clock = clock;
    }

    /** Parameters that it does not know, and other processors than rcpt, are refused when the file is checked. */
    @Override public Manifest manifest() {
        return new Manifest(Set.of("wait", "reply"), Set.of(Stage.RCPT), false);
    }

    @Override public void init() throws MessagingException {
        var seconds = getInitParameter("wait", "300");
        if (!seconds.matches("[0-9]{1,6}")) {
            throw new MessagingException("Greylist: <wait> must be a number of seconds, found '" + seconds + "'");
        }
        wait = Duration.ofSeconds(Long.parseLong(seconds));
        reply = ReplyText.of("Greylist", getInitParameter("reply", "451 4.7.1 Greylisted, please come again"), "4");
    }

    /** At rcpt a mail has one recipient and no message. */
    @Override public void service(Mail mail) {
        if (relay.isTrusted(mail.getRemoteAddr())) {
            return;
        }
        var now = clock.instant();
        var pair = mail.getMaybeSender().asString() + " " + mail.getRecipients().iterator().next();
        Instant first;
        synchronized (this) {
            first = seen.putIfAbsent(pair, now);
        }
        if (first == null || now.isBefore(first.plus(wait))) {
            disposition.answer(mail, new Answer.Defer(reply));
        } else {
            mail.setAttribute(new Attribute(WAITED, AttributeValue.of(Duration.between(first, now).toSeconds())));
        }
    }
}
