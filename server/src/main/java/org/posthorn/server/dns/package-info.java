/**
 * The domain name system, behind one interface.
 *
 * <p>In: names. Out: {@link org.posthorn.server.dns.DnsAnswer answers told apart}: found, none, not now. dnsjava is
 * used here and nowhere else. Read {@link org.posthorn.server.dns.Dns} first.
 */
package org.posthorn.server.dns;
