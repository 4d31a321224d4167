/**
 * The XML files in conf/, read once, into typed records.
 *
 * <p>In: files. Out: {@link org.posthorn.server.config.Section sections} with their line numbers, from which each room
 * reads its own record; all mistakes of all files together as {@link org.posthorn.server.config.Problem problems}.
 * Commons Configuration is used here and nowhere else. Read {@code Section} first.
 */
package org.posthorn.server.config;
