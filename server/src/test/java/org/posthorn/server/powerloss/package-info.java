/**
 * Power that fails, for tests: what is done to a disk is noted in a {@link org.posthorn.server.powerloss.Recording},
 * under the body store, the mailboxes and Derby; a {@link org.posthorn.server.powerloss.PowerLoss} builds what the disk
 * may hold at any moment of it.
 */
package org.posthorn.server.powerloss;
