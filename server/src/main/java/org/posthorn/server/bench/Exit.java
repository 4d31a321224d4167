package org.posthorn.server.bench;

import java.io.IOException;

/** Where the messages of one run come out of the server. */
public interface Exit {

    /** How many came out so far, counted cheaply: asked many times while the load runs. */
    int soFar() throws IOException;

    /** What came out, by number. Asked once, at the end. */
    Tally tally() throws IOException;

    /** Of messages that are counted as they come. */
    static Exit counted(Tally tally) {
        return new Exit() {
            @Override public int soFar() {
                return tally.copies();
            }

            @Override public Tally tally() {
                return tally;
            }
        };
    }
}
