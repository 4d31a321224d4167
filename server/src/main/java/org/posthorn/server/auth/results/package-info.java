/**
 * The header fields that tell what was found out about a sender: {@code Authentication-Results} (RFC 8601) and
 * {@code Received-SPF} (RFC 7208 section 9.1).
 *
 * <p>In: results. Out: header fields, folded, with their CRLF; nothing that a client or a domain says can begin a
 * field, a value or a comment of its own. Read {@link org.posthorn.server.auth.results.AuthenticationResults} first.
 */
package org.posthorn.server.auth.results;
