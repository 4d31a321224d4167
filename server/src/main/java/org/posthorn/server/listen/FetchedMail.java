package org.posthorn.server.listen;

import jakarta.inject.Inject;
import java.util.concurrent.atomic.AtomicInteger;
import org.posthorn.protocols.net.Session;
import org.posthorn.protocols.net.Wire;
import org.posthorn.protocols.smtp.SessionEvent;
import org.posthorn.server.fetch.Reception;

/** Takes mail in over a connection that we opened and turned round: a session as any other, of the listener "atrn". */
final class FetchedMail implements Reception {

    private final Sessions sessions;

    @Inject FetchedMail(Sessions sessions) {
        this.sessions = sessions;
    }

    @Override public Visit open(Wire wire) {
        var taken = new AtomicInteger();
        var session = sessions.turned(wire, event -> {
            if (event instanceof SessionEvent.MessageDone(_, _, var replies) && replies.getFirst().isPositive()) {
                taken.incrementAndGet();
            }
        });
        return new Counted(session, taken);
    }

    private record Counted(Session session, AtomicInteger taken) implements Visit {
        @Override public void run() {
            session.run();
        }

        @Override public void endSoon() {
            session.endSoon();
        }

        @Override public int messages() {
            return taken.get();
        }
    }
}
