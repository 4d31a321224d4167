package org.posthorn.server.spool;

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

    /** Whether there was no room. */
    public boolean isFull() {
        return full;
    }
}
