package org.posthorn.server.pipeline;

import jakarta.mail.MessagingException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.posthorn.server.chain.AttributesText;
import org.posthorn.server.chain.AuthNotes;
import org.posthorn.server.chain.Forgery;
import org.posthorn.server.chain.PosthornMail;
import org.posthorn.server.spool.Variant;

/** The attributes that a mail keeps while it waits to be led again: whom it was rewritten for, who its sender is. */
final class LastingNotes {

    private static final List<AttributeName> LASTING =
        List.of(AttributeName.of("org.posthorn.rewritten"), AuthNotes.SPF, Forgery.DMARC);

    private LastingNotes() {
    }

    /** The attributes of a form, and those of a mail made of it that last, as text. */
    static String of(Variant variant, PosthornMail mail) throws MessagingException {
        var notes = new ArrayList<Attribute>();
        LASTING.forEach(name -> mail.getAttribute(name).ifPresent(notes::add));
        if (notes.isEmpty()) {
            return variant.attributes();
        }
        try {
            var all = new LinkedHashMap<AttributeName, Attribute>();
            AttributesText.read(variant.attributes()).forEach(attribute -> all.put(attribute.getName(), attribute));
            notes.forEach(note -> all.put(note.getName(), note));
            return AttributesText.write(all.values());
        } catch (IOException e) {
            throw new MessagingException("the attributes cannot be read", e);
        }
    }
}
