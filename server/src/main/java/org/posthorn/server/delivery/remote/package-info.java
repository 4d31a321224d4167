/**
 * Delivery to other hosts by SMTP.
 *
 * <p>In: jobs for the agent {@code remote}. Out: transactions with the hosts that the domain's MX records, a route or
 * the smart host name. RFC 5321 section 5, RFC 7505, RFC 3207. Read
 * {@link org.posthorn.server.delivery.remote.RemoteAgent} and {@link org.posthorn.server.delivery.remote.MxWalk} first.
 */
package org.posthorn.server.delivery.remote;
