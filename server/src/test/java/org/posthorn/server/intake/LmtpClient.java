package org.posthorn.server.intake;

import java.util.ArrayList;
import java.util.List;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.spool.QueueId;

/** Waits for a message's recipients as a session does, so that other rooms can see what it would hear. */
public final class LmtpClient implements AutoCloseable {

    private final Awaited.Wait wait;

    public LmtpClient(Awaited awaited, QueueId id) {
        this.wait = awaited.begin(id, 100);
    }

    /** What it was told of the first recipients by now; empty where nothing is decided. */
    public List<String> heard(int recipients) {
        var heard = new ArrayList<String>();
        try {
            for (var i = 0; i < recipients; i++) {
                heard.add(wait.reply(i, System.nanoTime()).map(Reply::toString).orElse(""));
            }
            return heard;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override public void close() {
        wait.close();
    }
}
