package org.posthorn.protocols.client;

/** Where SMTP and LMTP differ for a client. */
enum Dialect {
    /** One reply to the end of the text; HELO where EHLO is unknown. */
    SMTP("EHLO", true, false, true),
    /** One reply for each accepted recipient (RFC 2033 section 4). */
    LMTP("LHLO", false, true, false);

    private final String greeting;
    private final boolean fallsBackToHelo;
    private final boolean repliesPerRecipient;
    private final boolean forgetsAfterText;

    Dialect(String greeting, boolean fallsBackToHelo, boolean repliesPerRecipient, boolean forgetsAfterText) {
        this.greeting = greeting;
        this.fallsBackToHelo = fallsBackToHelo;
        this.repliesPerRecipient = repliesPerRecipient;
        this.forgetsAfterText = forgetsAfterText;
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

    /**
     * Whether sender and recipients are forgotten by the server once it has taken a text (RFC 5321 section 4.1.1.4).
     * There are mail stores that do not, and would deliver the next text to both messages' recipients.
     */
    boolean forgetsAfterText() {
        return forgetsAfterText;
    }
}
