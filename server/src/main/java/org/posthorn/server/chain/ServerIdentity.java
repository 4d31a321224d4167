package org.posthorn.server.chain;

import org.posthorn.protocols.address.Mailbox;

/**
 * Who we are to mailets.
 *
 * @param hostname our name in greetings
 * @param postmaster whom people write to about this server
 */
public record ServerIdentity(String hostname, Mailbox postmaster) {
}
