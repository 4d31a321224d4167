package org.posthorn.protocols.wire;

/** An octet that must not stand where it stood. Smuggling is built on each of these (RFC 5321 section 2.3.8). */
public enum Stray {
    BARE_CR("bare CR"), BARE_LF("bare LF"), NUL("NUL");

    private final String text;

    Stray(String text) {
        this.text = text;
    }

    /** For a reply. */
    @Override public String toString() {
        return text;
    }
}
