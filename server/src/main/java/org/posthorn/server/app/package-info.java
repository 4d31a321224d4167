/**
 * The whole server: the list of its modules, their configuration, ordered start and stop.
 *
 * <p>In: a home. Out: a server that runs until it is stopped. Read
 * {@link org.posthorn.server.app.ServerModules} first: it is the table of contents.
 */
package org.posthorn.server.app;
