package org.posthorn.server.bounce;

import org.posthorn.server.spool.QueuedRecipient;

/**
 * One recipient that failed for good.
 *
 * @param recipient who
 * @param reply why, beginning with a code such as {@code 550 5.1.1}
 * @param remoteHost which host said so; empty when it was us
 */
public record Failure(QueuedRecipient recipient, String reply, String remoteHost) {
}
