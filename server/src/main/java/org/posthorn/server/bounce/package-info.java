/**
 * Reports to senders: what could not be delivered, and why (RFC 3464, RFC 3461, RFC 3834).
 *
 * <p>In: a message and its failed recipients. Out: a new message from {@code <>}, to be spooled in the same change that
 * settles the failure. Read {@link org.posthorn.server.bounce.Reporter} first.
 */
package org.posthorn.server.bounce;
