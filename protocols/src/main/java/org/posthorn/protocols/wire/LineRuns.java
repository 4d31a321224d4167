package org.posthorn.protocols.wire;

/**
 * What a buffered stream can do for who looks for line ends: give what lies between them at once. A message is nearly
 * all of it such octets, and to take them one by one costs more than all the rest of receiving it.
 */
public interface LineRuns {

    /**
     * Takes octets that are buffered, up to and without the next CR, LF or NUL. Does not wait.
     *
     * @return how many; 0 when nothing is buffered or one of these is next
     */
    int readRun(byte[] octets, int offset, int length);
}
