package org.posthorn.mailets;

import jakarta.mail.MessagingException;
import org.apache.mailet.Mail;
import org.posthorn.mailets.port.AuthFacts;
import org.posthorn.mailets.port.ReplyText;

/**
 * A reply in which {@code ${spf.explanation}} may stand: what the sender's domain says to those who may not send for
 * it, or, where it says nothing, that this is so.
 */
final class ReplyTemplate {

    private static final String PLACEHOLDER = "${spf.explanation}";
    private static final int LONGEST = 400;   // characters of what is put in; a reply line has 512 octets

    private final AuthFacts facts;
    private final ReplyText text;

    private ReplyTemplate(AuthFacts facts, ReplyText text) {
        this.facts = facts;
        this.text = text;
    }

    /**
     * Checks a reply from a policy.
     *
     * @throws MessagingException when it is none, or asks for something that we cannot put in
     */
    static ReplyTemplate of(AuthFacts facts, String mailet, String written, String kinds) throws MessagingException {
        var text = ReplyText.of(mailet, written, kinds);
        if (text.text().replace(PLACEHOLDER, "").contains("${")) {
            throw new MessagingException(mailet + ": <reply> can hold " + PLACEHOLDER + " and no other ${...}, found '"
                + written + "'");
        }
        return new ReplyTemplate(facts, text);
    }

    /** The reply for this mail: one line of printable US-ASCII, whatever the domain says. */
    ReplyText reply(Mail mail) {
        if (!text.text().contains(PLACEHOLDER)) {
            return text;
        }
        var room = Math.max(0, LONGEST - text.text().length());
        var words = explanation(mail).replaceAll("[^\\x20-\\x7e]", "?").strip();
        var cut = words.length() > room ? words.substring(0, room) + "..." : words;
        return new ReplyText(text.text().replace(PLACEHOLDER, cut).strip());
    }

    private String explanation(Mail mail) {
        var spf = facts.spf(mail);
        if (!spf.isChecked()) {
            return "the sender was not checked";
        }
        // A third party's words are marked as such (RFC 7208 section 6.2).
        return spf.explanation().isEmpty() ? spf.domain() + " gives " + spf.result().text() + " for "
            + mail.getRemoteAddr() : "the domain " + spf.domain() + " explains: " + spf.explanation();
    }

    @Override public String toString() {
        return text.toString();
    }
}
