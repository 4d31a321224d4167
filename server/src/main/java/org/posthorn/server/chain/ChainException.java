package org.posthorn.server.chain;

/** A mail could not be led through the processors. Our fault, so temporary. */
public final class ChainException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Tells what went wrong. */
    public ChainException(String message) {
        super(message);
    }

    /** Tells what went wrong, and why. */
    public ChainException(String message, Throwable cause) {
        super(message, cause);
    }
}
