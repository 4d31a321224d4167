/**
 * Messages in seven bits, for servers that take no others.
 *
 * <p>In: a message with octets above 127 or binary parts. Out: the same message in lines of ASCII, its parts in
 * quoted-printable or base64. RFC 2045, RFC 2046, RFC 6152 section 3. Read {@link
 * org.posthorn.protocols.mime.SevenBit} first.
 */
package org.posthorn.protocols.mime;
