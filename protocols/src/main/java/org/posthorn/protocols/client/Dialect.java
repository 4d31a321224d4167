package org.posthorn.protocols.client;

/** Where SMTP and LMTP differ for a client. */
enum Dialect {
    /** One reply to the end of the text; HELO where EHLO is unknown. */
    SMTP("EHLO", true, false),
    /** One reply for each accepted recipient (RFC 2033 section 4). */
    LMTP("LHLO", false, true);

    private final String greeting;
    private final boolean fallsBackToHelo;
    private final boolean repliesPerRecipient;

    Dialect(String greeting, boolean fallsBackToHelo, boolean repliesPerRecipient) {
        this.greeting = greeting;
        this.fallsBackToHelo = fallsBackToHelo;
        this.repliesPerRecipient = repliesPerRecipient;
    }

    String greeting() {
        return greeting;
    }

    boolean fallsBackToHelo() {
        return fallsBackToHelo;
    }

    boolean repliesPerRecipient() {
        return repliesPerRecipient;
    }
}
