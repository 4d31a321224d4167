package org.posthorn.server.spool;

import java.time.Instant;

/**
 * One line of a message's history, as {@code posthorn trace} shows it.
 *
 * @param at when
 * @param recipient whom it concerns; empty for the whole message
 * @param what one word: {@code received}, {@code routed}, {@code deferred}, {@code delivered}, {@code bounced},
 *     {@code held}, {@code released}, {@code discarded}...
 * @param detail for people: replies, rules, places
 */
public record Event(Instant at, String recipient, String what, String detail) {
}
