package org.posthorn.protocols.address;

/**
 * A mailbox, {@code local-part@domain} (RFC 5321 section 4.1.2).
 *
 * <p>Equality is by octets of the local part and by the domain's one canonical form.
 *
 * @param localPart as meant, without the quotes and backslashes of a quoted string; case is kept
 * @param domain lower case A-labels ({@code xn--...}), no trailing dot, or an address literal in brackets
 */
public record Mailbox(String localPart, String domain) {

    /** Neither part may be empty. */
    public Mailbox {
        if (localPart.isEmpty() || domain.isEmpty()) {
            throw new IllegalArgumentException("a mailbox has a local part and a domain");
        }
    }

    /** Whether the address can be sent without SMTPUTF8 (RFC 6531). */
    public boolean isAscii() {
        for (var i = 0; i < localPart.length(); i++) {
            if (localPart.charAt(i) >= 128) {
                return false;
            }
        }
        return true;
    }

    /** By hand, as {@link #hashCode}: a record's own is a chain of method handles, up to 25,000 cycles a comparison. */
    @Override public boolean equals(Object other) {
        return this == other || other instanceof Mailbox(var local, var name) && localPart.equals(local)
            && domain.equals(name);
    }

    @Override public int hashCode() {
        return 31 * localPart.hashCode() + domain.hashCode();
    }

    /** The address as it stands between the angle brackets of a path: the local part quoted where it must be. */
    @Override public String toString() {
        return quoted(localPart) + "@" + domain;
    }

    private static String quoted(String localPart) {
        if (isDotString(localPart)) {
            return localPart;
        }
        var text = new StringBuilder(localPart.length() + 4).append('"');
        for (var i = 0; i < localPart.length(); i++) {
            var c = localPart.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\');
            }
            text.append(c);
        }
        return text.append('"').toString();
    }

    private static boolean isDotString(String text) {
        var afterDot = true;
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c == '.' ? afterDot : !isAtext(c)) {
                return false;
            }
            afterDot = c == '.';
        }
        return !afterDot;
    }

    private static boolean isAtext(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c > 127
            || "!#$%&'*+-/=?^_`{|}~".indexOf(c) >= 0;
    }
}
