package org.posthorn.protocols.client;

/**
 * How a client speaks.
 *
 * @param helo our name, given in EHLO, HELO or LHLO: a domain or an address literal (RFC 5321 section 4.1.4)
 * @param tls what to do about STARTTLS
 * @param deadlines how long to wait for what
 */
public record ClientSettings(String helo, TlsMode tls, ClientDeadlines deadlines) {
}
