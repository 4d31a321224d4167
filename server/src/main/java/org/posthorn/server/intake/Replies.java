package org.posthorn.server.intake;

/** What an LMTP client hears of each recipient after the message (RFC 2033 section 4.2). */
public enum Replies {

    /** What became of it; what was not delivered is left to the client. */
    DELIVERED,

    /** That it is in the spool; what fails later is reported to the sender, as over SMTP. */
    QUEUED
}
