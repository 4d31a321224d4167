package org.posthorn.server.cli;

/** A command cannot do what it was asked for. The message is one line that says what to do; the exit code is 1. */
public final class CommandException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Tells what went wrong and what to do. */
    public CommandException(String message) {
        super(message);
    }

    /** Tells what went wrong, why, and what to do. */
    public CommandException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Tells it, and says how the process ends. */
    int told(Terminal terminal) {
        terminal.err().println("posthorn: " + getMessage());
        terminal.err().flush();
        return 1;
    }
}
