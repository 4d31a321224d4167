package org.posthorn.server.chain;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.mailet.PerRecipientHeaders;
import org.posthorn.protocols.wire.Content;
import org.posthorn.server.spool.Draft;

/**
 * The message of a mail: octets as they lie in the spool, a MimeMessage once a mailet asks for one, and what differs
 * between the two. Used by one thread.
 */
public final class MailMessage {

    private final Content original;
    private Optional<SpoolMessage> parsed = Optional.empty();
    private Optional<MimeMessage> replacement = Optional.empty();

    private MailMessage(Content original) {
        this.original = original;
    }

    /** A message as it lies in the spool, or on its way there. */
    public static MailMessage of(Content original) {
        return new MailMessage(original);
    }

    /** A message that a mailet made; the octets of one that lies in the spool already are not read again. */
    static MailMessage of(MimeMessage message) throws MessagingException {
        if (message instanceof SpoolMessage spooled && !spooled.bodyChanged()) {
            var same = new MailMessage(spooled.original());
            same.parsed = Optional.of(new SpoolMessage(spooled));
            return same;
        }
        var octets = new ByteArrayOutputStream();
        try {
            message.writeTo(new CrlfStream(octets));
        } catch (IOException e) {
            throw new MessagingException("the message cannot be written", e);
        }
        return new MailMessage(new MemoryContent(octets.toByteArray()));
    }

    MimeMessage mime() throws MessagingException {
        if (replacement.isPresent()) {
            return replacement.get();
        }
        if (parsed.isEmpty()) {
            parsed = Optional.of(new SpoolMessage(original));
        }
        return parsed.get();
    }

    /**
     * Puts header fields on top.
     *
     * @param fields each whole, folded, and with its CRLF
     */
    void prepend(List<String> fields) throws MessagingException {
        if (mime() instanceof SpoolMessage spooled) {
            spooled.prepend(fields);
        } else {
            for (var field : fields) {   // a mailet made the message: it has no trace to stand above
                mime().addHeaderLine(field.stripTrailing());
            }
        }
    }

    void replace(MimeMessage message) {
        var same = parsed.isPresent() && parsed.get() == message;
        replacement = same ? Optional.empty() : Optional.of(message);
    }

    /** A copy that goes ways of its own. */
    MailMessage copy() throws MessagingException {
        if (isNew()) {
            return of(mime());
        }
        var copy = new MailMessage(original);
        if (isHeaderChanged()) {
            copy.parsed = Optional.of(new SpoolMessage(parsed.orElseThrow()));
        }
        return copy;
    }

    /** The size in octets; near enough where a mailet changed the body. */
    long octets() throws MessagingException {
        if (isNew()) {
            return of(mime()).original.octets();
        }
        try {
            return isHeaderChanged()
                ? parsed.orElseThrow().written().length + 2 + original.octets() - parsed.orElseThrow().bodyAt()
                : original.octets();
        } catch (IOException e) {
            throw new MessagingException("the header cannot be written", e);
        }
    }

    /** The octets that it began with. */
    public Content original() {
        return original;
    }

    /** Whether its octets are other ones than those it began with. */
    public boolean isChanged() throws MessagingException {
        return isNew() || isHeaderChanged();
    }

    /**
     * Equal for two messages that began as the same one and have the same octets now, as far as that is known without
     * writing them.
     */
    Object identity() throws MessagingException {
        if (isNew()) {
            return this;
        }
        try {
            return isHeaderChanged()
                ? new Identity(original, new String(parsed.orElseThrow().written(), StandardCharsets.ISO_8859_1))
                : new Identity(original, "");
        } catch (IOException e) {
            throw new MessagingException("the header cannot be written", e);
        }
    }

    private record Identity(Content original, String header) {

        /** By hand, as that of the forms, whose key it is. */
        @Override public int hashCode() {
            return 31 * original.hashCode() + header.hashCode();
        }

        @Override public boolean equals(Object other) {
            return other instanceof Identity(var octets, var lines) && original.equals(octets) && header.equals(lines);
        }
    }

    /**
     * Writes the message as it is now.
     *
     * @param above header fields to put on top of it
     */
    public void writeTo(Draft draft, Iterable<PerRecipientHeaders.Header> above)
        throws IOException, MessagingException {
        var out = draft.out();
        for (var header : above) {
            out.write((header.getName() + ": " + oneLine(header.getValue()) + "\r\n").getBytes(StandardCharsets.UTF_8));
        }
        if (isNew()) {
            var lines = new CrlfStream(out);
            mime().writeTo(lines);
            lines.flush();
            return;
        }
        var bodyAt = 0L;
        if (isHeaderChanged()) {
            var message = parsed.orElseThrow();
            out.write(message.written());
            out.write('\r');
            out.write('\n');
            bodyAt = message.bodyAt();
        }
        if (!(original instanceof MemoryContent)) {
            draft.refer(original, bodyAt);   // it lies in the spool, or is on its way there
        } else {
            try (var in = original.open()) {
                in.skipNBytes(bodyAt);
                in.transferTo(out);
            }
        }
    }

    /** A header value that a mailet gave must not begin a header of its own. */
    private static String oneLine(String value) {
        return value.replaceAll("[\\r\\n]+[ \\t]*", " ");
    }

    private boolean isNew() {
        return replacement.isPresent() || parsed.filter(SpoolMessage::bodyChanged).isPresent();
    }

    private boolean isHeaderChanged() throws MessagingException {
        return parsed.isPresent() && parsed.get().headerChanged();
    }

    void release() {
        parsed.ifPresent(SpoolMessage::release);
    }
}
