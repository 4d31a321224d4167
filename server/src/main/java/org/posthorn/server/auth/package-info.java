/**
 * Whether senders are who they say.
 *
 * <p>{@code spf} checks hosts (RFC 7208), {@code results} writes what was found out into header fields (RFC 8601). In:
 * what a client said. Out: results, never decisions: those are the policy's. Read
 * {@link org.posthorn.server.auth.spf.Spf} first.
 */
package org.posthorn.server.auth;
