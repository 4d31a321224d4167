package org.posthorn.server.config;

/**
 * One mistake in the configuration.
 *
 * @param file the file's name, such as {@code delivery.xml}
 * @param line from 1; 0 when the file as a whole is meant
 * @param message what was expected, what was found, what to do
 */
public record Problem(String file, int line, String message) {

    @Override public String toString() {
        return (line > 0 ? file + ":" + line : file) + ": " + message;
    }
}
