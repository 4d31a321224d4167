package org.posthorn.server.bounce;

import java.util.List;
import java.util.Optional;
import org.posthorn.server.spool.NewMessage;
import org.posthorn.server.spool.SpooledMessage;

/** Writes delivery status notifications. Thread-safe. */
public interface Reporter {

    /**
     * The report on failed recipients of one message: one report for all of them.
     *
     * @param message with its origin and the variant that failed
     * @param failures at least one
     * @return empty where no report may be sent: to the null sender, or when every NOTIFY excludes it (RFC 3461
     * section 4.1)
     */
    Optional<NewMessage> failed(SpooledMessage message, List<Failure> failures);
}
