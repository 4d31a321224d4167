/**
 * The command line for a server that runs, and for its directory when it does not.
 *
 * <p>In: {@code posthorn domain|user|alias|queue|trace}. Out: requests to the administration's API, whose answers are
 * printed as they come. Nothing here loads the server. Read {@link org.posthorn.server.cli.PosthornCommand} first,
 * then {@code Office}.
 */
package org.posthorn.server.cli;
