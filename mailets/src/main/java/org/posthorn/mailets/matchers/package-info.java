/**
 * Posthorn's own matchers.
 *
 * <p>In: a mail. Out: those of its recipients that fit. What {@code apache-mailet-standard} ships is used from there.
 * Read {@link org.posthorn.mailets.matchers.RelayAllowed} first.
 */
package org.posthorn.mailets.matchers;
