package org.posthorn.server.users;

/** An administrator asked for something that cannot be; the message says what to do instead. */
public final class DirectoryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Tells what cannot be and what to do. */
    public DirectoryException(String message) {
        super(message);
    }
}
