package org.posthorn.server.database;

/** The database failed. Our fault, so temporary to everyone outside. */
public final class DatabaseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Tells what could not be done. */
    public DatabaseException(String message, Throwable cause) {
        super(message, cause);
    }
}
