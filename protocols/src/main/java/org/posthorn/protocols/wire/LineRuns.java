package org.posthorn.protocols.wire;

import java.io.IOException;
import java.io.InputStream;

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

    /**
     * Whether the next read may have to wait. What has come since the last read need not be known: to ask the system
     * each time costs more than to be ready to wait for nothing.
     */
    boolean mayWait() throws IOException;

    /** The stream's own, or those of a stream that has none: no runs. */
    static LineRuns of(InputStream in) {
        return in instanceof LineRuns able ? able : new LineRuns() {
            @Override public int readRun(byte[] octets, int offset, int length) {
                return 0;
            }

            @Override public boolean mayWait() throws IOException {
                return in.available() == 0;
            }
        };
    }
}
