/**
 * Posthorn's own mailets: the answers of a policy, and where a mail goes.
 *
 * <p>In: a mail. Out: an {@link org.posthorn.mailets.port.Answer} for it, told through
 * {@link org.posthorn.mailets.port.Disposition}. A mailet touches nothing but the mail in hand; what follows from its
 * answer is done by the server, once, in a transaction. Written against the James Mailet API 3.9.0. Read
 * {@link org.posthorn.mailets.Reject} first.
 */
package org.posthorn.mailets;
