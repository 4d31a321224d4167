package org.posthorn.server.database;

import java.sql.SQLException;

/** The database failed. Our fault, so temporary to everyone outside. */
public final class DatabaseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean inDoubt;

    /** Tells what could not be done; nothing of it happened. */
    public DatabaseException(String message, Throwable cause) {
        this(message, cause, false);
    }

    /**
     * Tells what could not be done.
     *
     * @param inDoubt whether it may have happened all the same: the commit itself failed
     */
    public DatabaseException(String message, Throwable cause, boolean inDoubt) {
        super(message, cause);
        this.inDoubt = inDoubt;
    }

    /** Whether the transaction may be on the disk, as a whole, although its commit failed. */
    public boolean isInDoubt() {
        return inDoubt;
    }

    /** Whether there was no room on the disk. */
    public boolean isFull() {
        return saysFull(this);
    }

    /** Whether a failure, of the database or of a file, has its cause in a disk without room, or a quota of it. */
    public static boolean saysFull(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            var text = String.valueOf(cause.getMessage());
            if (text.contains("No space left on device") || text.contains("Disk quota exceeded")) {
                return true;
            }
            if (cause instanceof SQLException sql && sql.getNextException() != null
                && saysFull(sql.getNextException())) {
                return true;
            }
        }
        return false;
    }
}
