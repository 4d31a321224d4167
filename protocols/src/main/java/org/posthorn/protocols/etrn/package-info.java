/**
 * The command by which a host that is only sometimes on line has its queue started (RFC 1985).
 *
 * <p>In: the argument of ETRN. Out: a {@link org.posthorn.protocols.etrn.EtrnNode}, and by the port {@link
 * org.posthorn.protocols.etrn.QueueFlush} what was started for it. Read those two first.
 */
package org.posthorn.protocols.etrn;
