/**
 * How well connections to other hosts must be protected, and how well they were.
 *
 * <p>In: a domain, and a host that takes its mail. Out: the terms on which mail may go there, from our own rules, from
 * signed TLSA records (DANE, RFC 7672), or from the domain's MTA-STS policy (RFC 8461); the handshakes that keep to
 * them; and what came of it, told to those domains that ask for reports (RFC 8460). Read
 * {@link org.posthorn.server.delivery.tls.TlsPolicies} first.
 */
package org.posthorn.server.delivery.tls;
