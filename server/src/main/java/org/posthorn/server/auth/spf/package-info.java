/**
 * Whether a host may send in a domain's name: the Sender Policy Framework, RFC 7208 (and RFC 8616 section 4).
 *
 * <p>In: the client's address, its greeting and the sender. Out: {@link org.posthorn.server.auth.spf.SpfVerdict one of
 * seven results}, the term that decided, and the domain's explanation. Read {@link org.posthorn.server.auth.spf.Spf}
 * and {@code SpfCheck} first. Why it is our own: docs/adr/0005-our-own-spf.md.
 */
package org.posthorn.server.auth.spf;
