package org.posthorn.protocols.sasl;

/** PLAIN (RFC 4616): {@code authzid NUL user NUL password}, in one message. */
final class PlainMechanism implements Mechanism {

    private final PasswordCheck check;

    PlainMechanism(Authenticator authenticator) {
        this.check = new PasswordCheck(authenticator);
    }

    @Override public boolean clientFirst() {
        return true;
    }

    @Override public Step step(byte[] response) {
        var text = Utf8.decode(response);
        if (text.isEmpty()) {
            return Refusals.malformed("PLAIN: not UTF-8");
        }
        var parts = text.get().split("\0", -1);
        if (parts.length != 3 || parts[1].isEmpty() || parts[2].isEmpty()) {
            return Refusals.malformed("PLAIN: expected authzid NUL user NUL password");
        }
        // To act for somebody else is a right that nobody has here.
        if (!parts[0].isEmpty() && !parts[0].equals(parts[1])) {
            return Refusals.denied("PLAIN: " + parts[1] + " asks to act as " + parts[0]);
        }
        return check.step(parts[1], parts[2]);
    }
}
