/**
 * Leads accepted mail through the processors, from {@code root} on.
 *
 * <p>In: pending and failed recipients from the spool. Out: one settlement for each claim, with reports and whatever
 * mailets sent in the same change: each recipient is routed, held, dropped by a named rule, failed and reported, or
 * tried again later. Read {@link org.posthorn.server.pipeline.Pipeline} and {@code Round} first.
 */
package org.posthorn.server.pipeline;
