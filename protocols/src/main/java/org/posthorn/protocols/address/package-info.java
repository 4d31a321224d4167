/**
 * Addresses as RFC 5321 section 4.1.2 and RFC 6531 write them.
 *
 * <p>In: text of a command or of configuration. Out: {@link org.posthorn.protocols.address.Mailbox},
 * {@link org.posthorn.protocols.address.ReversePath}. {@code AddressParser} is the only parser of addresses.
 */
package org.posthorn.protocols.address;
