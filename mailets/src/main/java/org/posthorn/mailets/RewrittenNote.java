package org.posthorn.mailets;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeUtils;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;

/**
 * Who came into a mail in the place of others: the attribute {@code org.posthorn.rewritten}, which lasts through
 * deferrals.
 *
 * @param origins by address, the alias that named it
 */
record RewrittenNote(Map<String, String> origins) {

    private static final AttributeName NAME = AttributeName.of("org.posthorn.rewritten");

    RewrittenNote {
        origins = Map.copyOf(origins);
    }

    /** The note on a mail; empty where none of its recipients was rewritten. */
    static RewrittenNote of(Mail mail) {
        var origins = new LinkedHashMap<String, String>();
        AttributeUtils.getValueAndCastFromMail(mail, NAME, Map.class).ifPresent(values -> {
            for (var entry : ((Map<?, ?>) values).entrySet()) {
                if (entry.getValue() instanceof AttributeValue<?> alias) {
                    origins.put(String.valueOf(entry.getKey()), String.valueOf(alias.value()));
                }
            }
        });
        return new RewrittenNote(origins);
    }

    /** Whether the address came in the place of another, or stayed as its own copy. */
    boolean isNoted(MailAddress address) {
        return origins.containsKey(address.asString());
    }

    /** This and more. */
    RewrittenNote with(Map<MailAddress, MailAddress> more) {
        var all = new LinkedHashMap<>(origins);
        more.forEach((address, alias) -> all.putIfAbsent(address.asString(), alias.asString()));
        return new RewrittenNote(all);
    }

    void writeTo(Mail mail) {
        var values = new TreeMap<String, AttributeValue<?>>();
        origins.forEach((address, alias) -> values.put(address, AttributeValue.of(alias)));
        mail.setAttribute(new Attribute(NAME, AttributeValue.of(values)));
    }
}
