package org.posthorn.server.spool;

import org.posthorn.protocols.smtp.Recipient;

/**
 * A recipient that enters the spool, with its message or, made by an alias, after it. The spool numbers it.
 *
 * @param recipient address and DSN parameters
 * @param variant the number of the variant it gets
 * @param state where it begins
 */
public record NewRecipient(Recipient recipient, int variant, RecipientState state) {
}
