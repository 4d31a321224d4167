/**
 * Delivery to mailboxes on this machine.
 *
 * <p>In: jobs for the agent {@code local}. Out: files in Maildirs. Read
 * {@link org.posthorn.server.delivery.local.MaildirAgent} first.
 */
package org.posthorn.server.delivery.local;
