package org.posthorn.server.spool;

/**
 * A form of a message that enters the spool. The spool numbers it.
 *
 * @param content its octets, complete
 * @param attributes the mail's attributes, as the chain wrote them down; may be empty
 */
public record NewVariant(Draft content, String attributes) {
}
