package org.posthorn.protocols.smtp;

import org.posthorn.protocols.wire.Reply;

/** The session's own words. */
final class Replies {

    static final Reply OK = Reply.of(250, "2.0.0", "Ok");
    static final Reply SENDER_OK = Reply.of(250, "2.1.0", "Ok");
    static final Reply RECIPIENT_OK = Reply.of(250, "2.1.5", "Ok");
    static final Reply BYE = Reply.of(221, "2.0.0", "Bye");
    static final Reply SEND_TEXT = Reply.plain(354, "End data with <CR><LF>.<CR><LF>");
    static final Reply READY_FOR_TLS = Reply.of(220, "2.0.0", "Ready to start TLS");
    static final Reply AUTHENTICATED = Reply.of(235, "2.7.0", "Authentication succeeded");
    /** RFC 5321 section 3.5.3: what a server says that does not tell who has a mailbox. */
    static final Reply NOT_VERIFIED = Reply.of(252, "2.0.0", "Cannot verify, send mail and see");
    static final Reply HELP = Reply.of(214, "2.0.0", "See RFC 5321");

    static final Reply UNKNOWN = Reply.of(500, "5.5.2", "Unknown command");
    static final Reply LINE_TOO_LONG = Reply.of(500, "5.5.2", "Line too long");
    static final Reply NOT_IMPLEMENTED = Reply.of(502, "5.5.1", "Command not implemented");
    static final Reply GREET_FIRST = Reply.of(503, "5.5.1", "Greet first");
    static final Reply NESTED_MAIL = Reply.of(503, "5.5.1", "A sender is given already");
    static final Reply MAIL_FIRST = Reply.of(503, "5.5.1", "MAIL first");
    static final Reply RCPT_FIRST = Reply.of(503, "5.5.1", "RCPT first");
    static final Reply CHUNKS_BEGUN = Reply.of(503, "5.5.1", "BDAT has begun: go on with BDAT, or RSET");
    static final Reply BINARY_NEEDS_BDAT = Reply.of(503, "5.5.1", "BODY=BINARYMIME needs BDAT");
    static final Reply CHUNKS_FAILED = Reply.of(503, "5.5.1", "An earlier BDAT was refused: RSET first");
    static final Reply REFUSED_CONNECTION = Reply.of(503, "5.5.1", "The connection was refused: only QUIT");
    static final Reply TLS_IS_UP = Reply.of(503, "5.5.1", "TLS is up already");
    static final Reply AUTH_DONE = Reply.of(503, "5.5.1", "Authenticated already");
    static final Reply NOT_IN_TRANSACTION = Reply.of(503, "5.5.1", "Not during a mail transaction");
    static final Reply XCLIENT_NOT_FOR_YOU = Reply.of(550, "5.7.1", "You may not speak for other clients");
    static final Reply TLS_REQUIRED = Reply.of(530, "5.7.0", "STARTTLS first");
    static final Reply AUTH_REQUIRED = Reply.of(530, "5.7.0", "Authentication required");
    static final Reply AUTH_NEEDS_TLS = Reply.of(538, "5.7.11", "Encryption required: STARTTLS first");
    static final Reply UNKNOWN_MECHANISM = Reply.of(504, "5.5.4", "Mechanism not offered");
    static final Reply AUTH_CANCELLED = Reply.of(501, "5.7.0", "Authentication cancelled");
    static final Reply NOT_BASE64 = Reply.of(501, "5.5.2", "Expected base64");
    static final Reply AUTH_BROKEN = Reply.of(454, "4.7.0", "Authentication is not possible now, try again later");
    static final Reply TOO_BIG = Reply.of(552, "5.3.4", "The message is larger than this server takes");
    static final Reply TOO_MANY_RECIPIENTS = Reply.of(452, "4.5.3", "Too many recipients, send the rest later");

    static final Reply OUT_OF_STEP = Reply.of(554, "5.5.0", "You sent on without waiting for the reply");
    static final Reply STOPPING = Reply.of(421, "4.3.2", "The server is stopping, try again soon");
    static final Reply TIMEOUT = Reply.of(421, "4.4.2", "Timeout, closing the connection");
    static final Reply TOO_SLOW = Reply.of(421, "4.4.2", "Too slow, closing the connection");
    static final Reply TOO_MANY_ERRORS = Reply.of(421, "4.7.0", "Too many errors, closing the connection");
    static final Reply TOO_MANY_IDLE_COMMANDS = Reply.of(421, "4.7.0", "Too many commands without mail, closing");
    static final Reply TOO_MANY_TRANSACTIONS = Reply.of(421, "4.7.0", "Too many messages, begin a new connection");
    static final Reply TOO_MANY_FROM_CLIENT = Reply.of(421, "4.7.0", "Too many connections from that client's address");
    static final Reply TOO_MANY_LOGINS = Reply.of(421, "4.7.0", "Too many failed logins, closing the connection");
    static final Reply BROKEN = Reply.of(421, "4.3.0", "Internal error, try again later");
    static final Reply INTERNAL = Reply.of(451, "4.3.0", "Internal error, try again later");

    private Replies() {
    }

    /** RFC 6710 section 4.1: another priority than the one that was asked for. */
    static Reply lowered(int priority) {
        return Reply.of(250, "2.3.6", priority + " is the highest priority that you get");
    }
}
