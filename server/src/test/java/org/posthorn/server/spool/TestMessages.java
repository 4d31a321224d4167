package org.posthorn.server.spool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.wire.Content;

/** Messages for tests of spools and of what uses them. */
public final class TestMessages {

    private TestMessages() {
    }

    /** A message from ann@example.org, pending at root, one recipient per local part. */
    public static NewMessage pending(Spool spool, Instant now, String text, String... localParts) {
        return message(spool, now, text, new RecipientState.Pending("root", now, 0, false), localParts);
    }

    /** A message from ann@example.org, routed to remote at example.net, one recipient per local part. */
    public static NewMessage routed(Spool spool, Instant now, String text, String... localParts) {
        return message(spool, now, text, toExampleNet(now, 0, ""), localParts);
    }

    /** A message whose recipients all begin in that state. */
    public static NewMessage message(Spool spool, Instant now, String text, RecipientState state,
                                     String... localParts) {
        var recipients = new ArrayList<NewRecipient>();
        for (var localPart : localParts) {
            recipients.add(new NewRecipient(recipient(localPart), 0, state));
        }
        return new NewMessage(spool.nextId(), origin(now), List.of(new NewVariant(draft(spool, text), "")), recipients,
            List.of(new Event(now, "", "received", "from a test")));
    }

    /** A draft with that text. */
    public static Draft draft(Spool spool, String text) {
        return draft(spool, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A draft with those octets. */
    public static Draft draft(Spool spool, byte[] octets) {
        var draft = spool.draft();
        try {
            draft.out().write(octets);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return draft;
    }

    /** Awaits delivery at example.net. */
    public static RecipientState.Routed toExampleNet(Instant due, int attempts, String reply) {
        return new RecipientState.Routed(new Route("remote", "example.net"), due, attempts, reply);
    }

    /** local-part@example.net. */
    public static Recipient recipient(String localPart) {
        return Recipient.of(new Mailbox(localPart, "example.net"));
    }

    /** From ann@example.org by 192.0.2.7. */
    public static Origin origin(Instant now) {
        return new Origin(ReversePath.of(new Mailbox("ann", "example.org")), MailParameters.NONE, now, "smtp",
            "192.0.2.7", "client.example.org", "");
    }

    /** The same message from somebody else. */
    public static NewMessage from(String sender, NewMessage message) {
        var origin = message.origin();
        return new NewMessage(message.id(), new Origin(ReversePath.of(new Mailbox(sender, "example.org")),
            origin.parameters(), origin.received(), origin.listener(), origin.remoteAddress(), origin.helo(),
            origin.user()), message.variants(), message.recipients(), message.history());
    }

    /** The octets as text. */
    public static String text(Content content) {
        try (var in = content.open()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The local parts of a claim's recipients, in order. */
    public static List<String> localParts(SpooledMessage message) {
        return message.recipients().stream().map(recipient -> recipient.recipient().mailbox().localPart()).toList();
    }

    /** These recipients in another state. */
    public static List<QueuedRecipient> all(SpooledMessage claimed, RecipientState next) {
        return claimed.recipients().stream().map(recipient -> recipient.with(next)).toList();
    }

    /** The first words of a message's history. */
    public static Stream<String> words(Spool spool, QueueId id) {
        return spool.history(id).stream().map(Event::what);
    }
}
