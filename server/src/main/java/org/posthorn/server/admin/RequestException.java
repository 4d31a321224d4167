package org.posthorn.server.admin;

/** A request cannot be met; the message says what was expected. */
final class RequestException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;

    /** With the HTTP status that says so. */
    RequestException(int status, String message) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }
}
