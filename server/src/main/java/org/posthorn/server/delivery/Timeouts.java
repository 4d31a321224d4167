package org.posthorn.server.delivery;

import java.time.Duration;
import org.posthorn.protocols.client.ClientDeadlines;
import org.posthorn.server.config.Section;

/**
 * How long to wait for a far side: {@code <timeouts>} in {@code <remote>} and {@code <lmtp>}.
 *
 * @param connect for one address to take the connection; default 30 s. RFC 5321 has no number; the system's is minutes
 * @param deadlines of the conversation
 */
public record Timeouts(Duration connect, ClientDeadlines deadlines) {

    /** What RFC 5321 section 4.5.3.2 asks for. */
    public static final Timeouts DEFAULT = new Timeouts(Duration.ofSeconds(30), ClientDeadlines.RFC_5321);

    /** Reads {@code <timeouts>}. */
    public static Timeouts read(Section waits) {
        var usual = DEFAULT.deadlines;
        return new Timeouts(waits.duration("connect", DEFAULT.connect),
            new ClientDeadlines(waits.duration("greeting", usual.greeting()),
                waits.duration("command", usual.command()), waits.duration("mail", usual.mail()),
                waits.duration("rcpt", usual.rcpt()), waits.duration("data", usual.data()),
                waits.duration("block", usual.block()), waits.duration("dot", usual.dot())));
    }
}
