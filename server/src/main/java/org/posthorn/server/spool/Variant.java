package org.posthorn.server.spool;

import org.posthorn.protocols.wire.Content;

/**
 * One form of a message: 0 as accepted, more where the pipeline changed it for some recipients.
 *
 * @param number from 0, in the order in which they were made
 * @param content its octets
 * @param attributes the mail's attributes, as the chain wrote them down; the spool does not look inside
 */
public record Variant(int number, Content content, String attributes) {
}
