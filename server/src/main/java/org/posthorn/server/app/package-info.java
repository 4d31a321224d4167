/**
 * The whole server: the list of its modules, their configuration, ordered start and stop.
 *
 * <p>Read {@link org.posthorn.server.app.ServerModules} first: it is the table of contents.
 */
package org.posthorn.server.app;
