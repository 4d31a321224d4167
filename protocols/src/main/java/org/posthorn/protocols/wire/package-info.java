/**
 * Octets to protocol units: command lines, dot-ended text, BDAT chunks, and replies back.
 *
 * <p>In: the streams of a {@link org.posthorn.protocols.net.Wire}. Out: lines, body octets and
 * {@link org.posthorn.protocols.wire.Reply replies}. RFC 5321 section 2.3.8 and 4.5.2, RFC 3030, RFC 2034.
 * Read {@code LineReader} and {@code DotReader} first.
 */
package org.posthorn.protocols.wire;
