/**
 * The relational database, behind one interface: transactions and numbered migrations.
 *
 * <p>In: SQL of the rooms that keep rows (spool, users). Out: committed rows. All that is Derby's own is in
 * {@code DerbyDatabase}. Read {@link org.posthorn.server.database.Database} first.
 */
package org.posthorn.server.database;
