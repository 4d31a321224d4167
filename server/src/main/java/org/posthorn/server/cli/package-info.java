/**
 * The command line.
 *
 * <p>In: {@code posthorn init|check|run|demo|bench}, which make a home, check it, run the server of
 * {@link org.posthorn.server.app.Server} and measure it; and {@code posthorn domain|user|alias|queue|trace}, which
 * become requests to the administration's API, whose answers are printed as they come. Out: an exit code. Read
 * {@link org.posthorn.server.cli.PosthornCommand} first, then {@code Office}.
 */
package org.posthorn.server.cli;
