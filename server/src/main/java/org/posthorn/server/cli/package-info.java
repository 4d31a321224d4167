/**
 * The command line.
 *
 * <p>In: {@code posthorn init|check|run|demo}, which make a home, check it and run the server of
 * {@link org.posthorn.server.app.Server}; and {@code posthorn domain|user|alias|queue|trace}, which become requests to
 * the administration's API, whose answers are printed as they come. Out: an exit code. Read
 * {@link org.posthorn.server.cli.PosthornCommand} first, then {@code Office}.
 */
package org.posthorn.server.cli;
