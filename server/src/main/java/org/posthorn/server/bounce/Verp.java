package org.posthorn.server.bounce;

import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;

/**
 * A return path of its own for each recipient, so that whoever gets a report knows who it is about, whatever is in it:
 * {@code list@example.org} with {@code +=} sends to {@code bob@example.net} as
 * {@code list+bob=example.net@example.org}. It is the form of qmail and Postfix.
 */
public final class Verp {

    /** The delimiters where none are named. */
    public static final String USUAL = "+=";

    private static final int LONGEST_LOCAL_PART = 64;   // octets: RFC 5321 section 4.5.3.1.1
    private static final String PLAIN = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+";

    private Verp() {
    }

    /**
     * The return path for one recipient; the sender itself where none was asked for, or where it could not be written
     * so: without a sender, for an address beyond ASCII or with quotes, or when it got too long for others to take.
     *
     * @param delimiters two characters; empty where nothing was asked for
     */
    public static ReversePath path(ReversePath sender, String delimiters, Mailbox recipient) {
        if (delimiters.isEmpty() || !(sender instanceof ReversePath.Sender(var mailbox))) {
            return sender;
        }
        var local = mailbox.localPart() + delimiters.charAt(0) + recipient.localPart() + delimiters.charAt(1)
            + recipient.domain();
        return local.length() <= LONGEST_LOCAL_PART && local.matches(PLAIN)
            ? ReversePath.of(new Mailbox(local, mailbox.domain())) : sender;
    }
}
