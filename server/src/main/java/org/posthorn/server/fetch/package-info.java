/**
 * Mail that another server keeps for this site, which is only sometimes on line: asked for by ETRN (RFC 1985) or by
 * ATRN (RFC 2645), as conf/fetch.xml says or an operator.
 *
 * <p>In: an {@link org.posthorn.server.fetch.Errand}. Out: what the server answered; and after ATRN its mail, which
 * comes in over the same connection through a session like all mail, by the port {@link
 * org.posthorn.server.fetch.Reception}. Read {@link org.posthorn.server.fetch.Fetcher} first. See docs/etrn.md.
 */
package org.posthorn.server.fetch;
