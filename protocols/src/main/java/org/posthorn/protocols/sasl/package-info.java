/**
 * SASL mechanisms, server and client side: PLAIN (RFC 4616), LOGIN, SCRAM-SHA-256 (RFC 5802, RFC 7677).
 *
 * <p>In: the base64 of an AUTH exchange (RFC 4954). Out: the authenticated user, by the
 * {@link org.posthorn.protocols.sasl.Authenticator} port.
 */
package org.posthorn.protocols.sasl;
