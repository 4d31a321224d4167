/**
 * On-demand mail relay (RFC 2645): a host that dials in logs in, says ATRN, and gets the mail of its domains over the
 * same connection, on which it is the server from then on.
 *
 * <p>In: a {@link org.posthorn.protocols.net.Wire}. Asked: the port {@link org.posthorn.protocols.atrn.QueueTurn},
 * which also sends the mail. Read that one first, then {@link org.posthorn.protocols.atrn.OdmrSession}.
 */
package org.posthorn.protocols.atrn;
