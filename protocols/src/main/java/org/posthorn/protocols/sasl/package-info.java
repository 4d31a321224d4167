/**
 * SASL mechanisms, the server's side: PLAIN (RFC 4616), LOGIN, SCRAM-SHA-256 (RFC 5802, RFC 7677).
 *
 * <p>In: the octets of an AUTH exchange (RFC 4954), base64 taken off. Asked: the
 * {@link org.posthorn.protocols.sasl.Authenticator} port. Out: the authenticated user, or why there is none.
 * Read {@code Mechanism} first.
 */
package org.posthorn.protocols.sasl;
