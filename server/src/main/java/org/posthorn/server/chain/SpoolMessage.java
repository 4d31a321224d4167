package org.posthorn.server.chain;

import jakarta.activation.DataHandler;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetHeaders;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.util.SharedByteArrayInputStream;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import org.posthorn.protocols.wire.Content;

/**
 * A spooled message as mailets see it. The body is read when a mailet asks for it, and what was changed is known: so
 * octets that nobody touched stay as they came, and so do their signatures.
 */
final class SpoolMessage extends MimeMessage {

    private static final int IN_MEMORY = 1 << 20;   // octets of body

    private final Content original;
    private final HeaderBlock block;
    private final byte[] asParsed;
    private final List<InputStream> opened = new ArrayList<>();
    private boolean bodyRead;
    private boolean bodyChanged;

    /** Reads the header only. */
    SpoolMessage(Content original) throws MessagingException {
        super(Session.getInstance(new Properties()));
        this.original = original;
        try {
            this.block = HeaderBlock.of(original);
            this.headers = new InternetHeaders(new ByteArrayInputStream(block.octets()), isUtf8(block.octets()));
            this.asParsed = written();
        } catch (IOException e) {
            throw new MessagingException("the message cannot be read", e);
        }
        this.modified = false;
        this.saved = true;
    }

    /** A copy with the header as it is now and the original body. */
    SpoolMessage(SpoolMessage other) throws MessagingException {
        super(Session.getInstance(new Properties()));
        this.original = other.original;
        this.block = other.block;
        this.asParsed = other.asParsed;
        try {
            var header = other.written();
            this.headers = new InternetHeaders(new ByteArrayInputStream(header), isUtf8(header));
        } catch (IOException e) {
            throw new MessagingException("the header cannot be copied", e);
        }
        this.modified = false;
        this.saved = true;
    }

    /** The octets that it began with. */
    Content original() {
        return original;
    }

    /** Whether the body is another one. */
    boolean bodyChanged() {
        return bodyChanged;
    }

    /** Whether the header is another one. */
    boolean headerChanged() throws MessagingException {
        try {
            return !Arrays.equals(asParsed, written());
        } catch (IOException e) {
            throw new MessagingException("the header cannot be written", e);
        }
    }

    /** Where the body begins in the original. */
    long bodyAt() {
        return block.bodyAt();
    }

    /** The header as it is now, without the empty line. */
    byte[] written() throws IOException, MessagingException {
        var utf8 = StandardCharsets.UTF_8;
        var out = new ByteArrayOutputStream();
        var charset = block == null || isUtf8(block.octets()) ? utf8 : StandardCharsets.ISO_8859_1;
        for (var line : Collections.list(headers.getAllHeaderLines())) {
            out.write(line.getBytes(charset));
            out.write('\r');
            out.write('\n');
        }
        return out.toByteArray();
    }

    /**
     * Puts header fields above all others.
     *
     * @param fields each whole, folded, and with its CRLF
     */
    void prepend(List<String> fields) throws MessagingException {
        var whole = new ByteArrayOutputStream();
        try {
            for (var field : fields) {
                whole.write(field.getBytes(StandardCharsets.UTF_8));
            }
            whole.write(written());
        } catch (IOException e) {
            throw new MessagingException("the header cannot be written", e);
        }
        this.headers = new InternetHeaders(new ByteArrayInputStream(whole.toByteArray()), isUtf8(whole.toByteArray()));
    }

    /** Closes what reading the body has opened. */
    void release() {
        for (var stream : opened) {
            try {
                stream.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        opened.clear();
    }

    private void openBody() throws MessagingException {
        if (contentStream == null && content == null) {
            var length = original.octets() - block.bodyAt();
            if (length > IN_MEMORY) {
                contentStream = new ContentSlice(original, block.bodyAt(), original.octets(), opened::add);
                return;
            }
            try (var in = original.open()) {
                in.skipNBytes(block.bodyAt());
                contentStream = new SharedByteArrayInputStream(in.readAllBytes());
            } catch (IOException e) {
                throw new MessagingException("the body cannot be read", e);
            }
        }
    }

    @Override protected InputStream getContentStream() throws MessagingException {
        openBody();
        return super.getContentStream();
    }

    @Override public Object getContent() throws IOException, MessagingException {
        openBody();
        var found = super.getContent();
        bodyRead |= !(found instanceof String) && !(found instanceof InputStream);
        return found;
    }

    @Override public synchronized DataHandler getDataHandler() throws MessagingException {
        openBody();
        return super.getDataHandler();
    }

    @Override public synchronized void setDataHandler(DataHandler handler) throws MessagingException {
        bodyChanged = true;
        super.setDataHandler(handler);
    }

    @Override public int getSize() {
        return bodyChanged ? -1 : (int) Math.min(Integer.MAX_VALUE, original.octets() - block.bodyAt());
    }

    /** Lines of the body, as matchers count them; jakarta.mail says that nobody knows. */
    @Override public int getLineCount() throws MessagingException {
        if (bodyChanged) {
            return super.getLineCount();
        }
        var lines = 0;
        var last = '\n';
        try (var in = new BufferedInputStream(original.open())) {
            in.skipNBytes(block.bodyAt());
            for (var octet = in.read(); octet >= 0; octet = in.read()) {
                lines += octet == '\n' ? 1 : 0;
                last = (char) octet;
            }
        } catch (IOException e) {
            throw new MessagingException("the body cannot be read", e);
        }
        return last == '\n' ? lines : lines + 1;
    }

    /**
     * A mailet that set header fields saves too: then the body is left alone. One that took the parts in hand may have
     * changed them: then the body is written anew.
     */
    @Override public void saveChanges() throws MessagingException {
        if (bodyChanged || bodyRead) {
            bodyChanged = true;
            super.saveChanges();
        } else {
            saved = true;
        }
    }

    /** A message keeps its Message-ID (RFC 5322 section 3.6.4). */
    @Override protected void updateMessageID() throws MessagingException {
        if (getMessageID() == null) {
            super.updateMessageID();
        }
    }

    private static boolean isUtf8(byte[] octets) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
