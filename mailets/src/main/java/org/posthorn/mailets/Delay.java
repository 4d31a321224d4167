package org.posthorn.mailets;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMailet;
import org.posthorn.mailets.port.Described;
import org.posthorn.mailets.port.Manifest;
import org.posthorn.mailets.port.Pause;
import org.posthorn.mailets.port.Stage;

/**
 * Lets the client wait before the next step is asked. In session only.
 *
 * <p>Parameter {@code for}: how long, such as {@code 5 s} or {@code 500 ms}, at most 60 s: a client gives up after five
 * minutes (RFC 5321 section 4.5.3.2).
 */
public final class Delay extends GenericMailet implements Described {

    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final Pattern TIME = Pattern.compile("([0-9]{1,6}) ?(ms|s)");

    private final Pause pause;
    private Duration time = Duration.ZERO;

    @Inject
    Delay(Pause pause) {
        this.pause = pause;
    }

    @Override public Manifest manifest() {
        return new Manifest(Set.of("for"), Set.of(Stage.CONNECT, Stage.RCPT, Stage.DATA), false);
    }

    @Override public void init() throws MessagingException {
        var written = getInitParameter("for", "").strip();
        var matcher = TIME.matcher(written);
        if (!matcher.matches()) {
            throw new MessagingException(
                "Delay: <for> must be a time such as '5 s' or '500 ms', found '" + written + "'");
        }
        var number = Long.parseLong(matcher.group(1));
        time = matcher.group(2).equals("s") ? Duration.ofSeconds(number) : Duration.ofMillis(number);
        if (time.compareTo(LONGEST) > 0) {
            throw new MessagingException("Delay: <for> is at most 60 s, found '" + written + "'");
        }
    }

    @Override public void service(Mail mail) throws MessagingException {
        try {
            pause.pause(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MessagingException("the server is stopping", e);
        }
    }

    @Override public String getMailetInfo() {
        return "Delay";
    }
}
