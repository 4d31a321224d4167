/**
 * Where the octets of a message become a message of ours.
 *
 * <p>In: an envelope and raw octets from a session. On the way: the trace field is put on top (RFC 5321 section 4.4),
 * {@code Return-Path} and forged {@code Authentication-Results} are taken out (RFC 5321 section 4.4, RFC 8601 section
 * 5), hops are counted (RFC 5321 section 6.3), the policy is asked. Out: a committed message and the reply to the final
 * dot. Read {@link org.posthorn.server.intake.Intake} first.
 */
package org.posthorn.server.intake;
