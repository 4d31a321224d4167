/**
 * Starting a node's queue when it asks for it (RFC 1985), and handing it over (RFC 2645): conf/etrn.xml.
 *
 * <p>In: a session's client and the node that it names. Out: recipients of that node made due, and how many messages
 * that are. Read {@link org.posthorn.server.delivery.etrn.EtrnDesk} first. See docs/etrn.md.
 */
package org.posthorn.server.delivery.etrn;
