package org.posthorn.server.pipeline;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.server.bounce.Notice;
import org.posthorn.server.bounce.Reporter;
import org.posthorn.server.spool.NewMessage;
import org.posthorn.server.spool.NewRecipient;
import org.posthorn.server.spool.NewVariant;
import org.posthorn.server.spool.Origin;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Spool;
import org.posthorn.server.spool.SpooledMessage;
import org.posthorn.server.spool.TestMessages;

/** Reports in one line; none to the null sender. */
final class FakeReporter implements Reporter {

    final List<String> told = new ArrayList<>();
    private final Spool spool;

    FakeReporter(Spool spool) {
        this.spool = spool;
    }

    @Override public Reports report(SpooledMessage message, List<Notice> notices) {
        if (!(message.origin().sender() instanceof ReversePath.Sender(var sender))) {
            return Reports.NONE;
        }
        notices.forEach(notice -> told.add((notice.action() == Notice.Action.FAILED ? "" : notice.action() + " ")
            + notice.recipient().recipient().mailbox() + " " + notice.reply()));
        var now = Instant.EPOCH;
        return new Reports(List.of(new NewMessage(spool.nextId(), new Origin(ReversePath.none(), MailParameters.NONE,
            now, "internal", "127.0.0.1", "", ""), List.of(new NewVariant(TestMessages.draft(spool, "report"), "")),
            List.of(new NewRecipient(Recipient.of(sender), 0, new RecipientState.Pending("root", now, 0, false))),
            List.of())), List.of());
    }
}
