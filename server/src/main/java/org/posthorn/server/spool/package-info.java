/**
 * What was accepted, until it is settled.
 *
 * <p>In: messages from intake, outcomes from pipeline and delivery. Out: ready work for those two, and every message's
 * history. Bodies lie in segment files, rows in the database; both are durable before {@code commit} returns.
 * Read {@link org.posthorn.server.spool.Spool} first.
 */
package org.posthorn.server.spool;
