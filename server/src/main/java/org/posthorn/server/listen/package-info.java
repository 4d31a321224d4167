/**
 * The doors: listeners, their TLS, and the assembly of one session behind each connection.
 *
 * <p>In: conf/listeners.xml and connections. Out: sessions that ask {@code policy} and give to {@code intake}.
 * Read {@code Listeners} first.
 */
package org.posthorn.server.listen;
