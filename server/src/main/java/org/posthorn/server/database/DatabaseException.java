package org.posthorn.server.database;

/** The database failed. Our fault, so temporary to everyone outside. */
public final class DatabaseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Tells what could not be done. */
    public DatabaseException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether there was no room on the disk. */
    public boolean isFull() {
        for (Throwable cause = this; cause != null; cause = cause.getCause()) {
            var text = String.valueOf(cause.getMessage());
            if (text.contains("No space left on device") || text.contains("Disk quota exceeded")) {
                return true;
            }
        }
        return false;
    }
}
