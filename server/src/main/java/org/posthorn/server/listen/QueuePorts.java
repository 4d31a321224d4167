package org.posthorn.server.listen;

import jakarta.inject.Inject;
import org.posthorn.protocols.atrn.QueueTurn;
import org.posthorn.protocols.etrn.QueueFlush;

/**
 * What sessions ask for mail that is kept.
 *
 * @param flush starts queues
 * @param turn hands queues over
 * @param mechanisms of those to whom they are handed over
 */
record QueuePorts(QueueFlush flush, QueueTurn turn, OdmrMechanisms mechanisms) {

    @Inject QueuePorts {
        // as they are
    }
}
