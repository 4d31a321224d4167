/**
 * The XML files in conf/, read once, into typed records.
 *
 * <p>In: files. Out: {@link org.posthorn.server.config.Section sections} with their line numbers, from which each room
 * reads its own record; all mistakes of all files together as {@link org.posthorn.server.config.Problem problems}.
 * Commons Configuration is used here and nowhere else. Read {@code Section} first.
 *
 * <p>What may stand in a file, what it means and what holds without it is written once, in the XSD beside the file. A
 * new setting is three things: a line in its room's record, its declaration in {@code conf/*.xsd}, and, unless it is
 * for experts, a place in {@code conf/*.xml}. Tests compare them, and {@code docs/configuration.md} is made from the
 * XSD; see docs/adr/0004-one-schema.md.
 */
package org.posthorn.server.config;
