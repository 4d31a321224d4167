/**
 * The sender rewriting scheme (SRS): return paths for mail that we forward, in the form of Shevek's SRS, with a hash
 * of our own.
 *
 * <p>In: a sender elsewhere. Out: an address of ours that leads back to it, and only ours do. Read
 * {@link org.posthorn.server.srs.SrsFormat} first: it is the whole scheme, without files and clocks.
 */
package org.posthorn.server.srs;
