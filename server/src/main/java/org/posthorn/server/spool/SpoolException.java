package org.posthorn.server.spool;

import org.posthorn.server.database.DatabaseException;

/**
 * The spool could not keep something. Our fault: 4yz to clients, later to deliveries; nothing of the change happened.
 */
public final class SpoolException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean full;

    /**
     * Tells what could not be kept.
     *
     * @param full whether the disk was full: 452 4.3.1 rather than 451 4.3.0
     */
    public SpoolException(String message, boolean full, Throwable cause) {
        super(message, cause);
        this.full = full;
    }

    /** Couples a text with the cause, which tells whether the disk was full. */
    public static SpoolException because(String message, Throwable cause) {
        return new SpoolException(message + ": " + cause.getMessage(), DatabaseException.saysFull(cause), cause);
    }

    /** Whether there was no room. */
    public boolean isFull() {
        return full;
    }
}
