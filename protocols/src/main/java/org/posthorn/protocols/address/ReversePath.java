package org.posthorn.protocols.address;

/** Where failures of a message are reported to: a mailbox, or nobody (RFC 5321 section 4.1.1.2 and 4.5.5). */
public sealed interface ReversePath {

    /** {@code <>}: the sender of reports, to whom nothing is ever reported. */
    static ReversePath none() {
        return new Null();
    }

    /** The path of a mailbox. */
    static ReversePath of(Mailbox mailbox) {
        return new Sender(mailbox);
    }

    /** Whether this is {@code <>}. */
    default boolean isNull() {
        return this instanceof Null;
    }

    /** {@code <>}. Its text is empty. */
    record Null() implements ReversePath {
        @Override public String toString() {
            return "";
        }
    }

    /**
     * A sender that can be written to. Its text is the address without brackets.
     *
     * @param mailbox whom to tell
     */
    record Sender(Mailbox mailbox) implements ReversePath {

        /** By hand, as {@link Mailbox#equals}: a policy compares senders for each message. */
        @Override public boolean equals(Object other) {
            return other instanceof Sender(var theirs) && mailbox.equals(theirs);
        }

        @Override public int hashCode() {
            return mailbox.hashCode();
        }

        @Override public String toString() {
            return mailbox.toString();
        }
    }
}
