package org.posthorn.server.users;

/** An administrator asked for something that cannot be; the message says what to do instead. */
public final class DirectoryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** Tells what cannot be and what to do. */
    public DirectoryException(String message) {
        this(Kind.CONFLICT, message);
    }

    /** Tells what cannot be, what to do, and what kind of mistake it is. */
    public DirectoryException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** What is wrong with the wish. */
    public Kind kind() {
        return kind;
    }

    /** Malformed, about something that is not there, or against what is there. */
    public enum Kind { INVALID, MISSING, CONFLICT, BUSY }
}
