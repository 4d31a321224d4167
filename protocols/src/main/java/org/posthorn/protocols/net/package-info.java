/**
 * Connections: where a session begins.
 *
 * <p>In: sockets. Out: one {@link org.posthorn.protocols.net.Wire} per connection, handed to a session on a virtual
 * thread of its own. Read {@code Wire}, {@code Session} and {@code Listener} first.
 */
package org.posthorn.protocols.net;
