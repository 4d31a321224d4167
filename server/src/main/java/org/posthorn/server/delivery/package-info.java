/**
 * Delivery: from the spool to mailboxes, mail stores and other hosts.
 *
 * <p>In: routed recipients that are due. Out: for each of them an {@link org.posthorn.server.delivery.Outcome}, settled
 * in the spool in one transaction, with the report to the sender where it failed. RFC 5321 section 4.5.4.1. The runner
 * queues jobs by destination, so that a dead one holds up nobody else; {@code .local}, {@code .lmtp} and
 * {@code .remote} do the work.
 *
 * <p>Read {@link org.posthorn.server.delivery.DeliveryRunner} and {@link org.posthorn.server.delivery.Agent} first,
 * then {@link org.posthorn.server.delivery.FailurePolicy} and {@link org.posthorn.server.delivery.RetryPolicy}.
 */
package org.posthorn.server.delivery;
