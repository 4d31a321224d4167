package org.posthorn.server.bounce;

import java.util.List;
import org.posthorn.server.spool.Event;
import org.posthorn.server.spool.NewMessage;
import org.posthorn.server.spool.SpooledMessage;

/** Writes delivery status notifications. Thread-safe. */
public interface Reporter {

    /**
     * Reports on recipients of one message: one report for all of them and all that happened to them at once. Who does
     * not want to hear of it, by NOTIFY or because it never wants to, is left out.
     *
     * @param message with its origin and the variants
     * @param notices what happened; may be empty
     */
    Reports report(SpooledMessage message, List<Notice> notices);

    /**
     * What is to be spooled and written down in the change that settles the cause.
     *
     * @param messages as a rule one, or none
     * @param history of the message that was reported on
     */
    record Reports(List<NewMessage> messages, List<Event> history) {

        /** Nobody is told, and nothing is worth a line. */
        public static final Reports NONE = new Reports(List.of(), List.of());

        /** Copies the lists. */
        public Reports {
            messages = List.copyOf(messages);
            history = List.copyOf(history);
        }
    }
}
