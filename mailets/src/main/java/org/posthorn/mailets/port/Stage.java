package org.posthorn.mailets.port;

/** When a processor is run. */
public enum Stage {

    /** Before the greeting; there is no envelope yet. */
    CONNECT,

    /** At each RCPT TO; the mail has this one recipient and no message. */
    RCPT,

    /** After the final dot, before the 250; the mail is complete, but not ours yet. */
    DATA,

    /** After the 250: the mail is ours. */
    ACCEPTED;

    /** Whether a client waits for the answer. */
    public boolean isInSession() {
        return this != ACCEPTED;
    }
}
