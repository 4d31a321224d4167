/**
 * Delivery to mail stores by LMTP.
 *
 * <p>In: jobs whose mailet or route names a store. Out: transactions with it, an outcome for each recipient. RFC 2033.
 * Connections are kept for a while and used again. Read {@link org.posthorn.server.delivery.lmtp.LmtpAgent} first.
 */
package org.posthorn.server.delivery.lmtp;
