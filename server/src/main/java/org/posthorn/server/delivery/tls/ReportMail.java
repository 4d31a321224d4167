package org.posthorn.server.delivery.tls;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.mime.MailDate;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.server.bounce.BounceConfig;
import org.posthorn.server.spool.Change;
import org.posthorn.server.spool.Draft;
import org.posthorn.server.spool.Event;
import org.posthorn.server.spool.NewMessage;
import org.posthorn.server.spool.NewRecipient;
import org.posthorn.server.spool.NewVariant;
import org.posthorn.server.spool.Origin;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Spool;
import org.posthorn.server.spool.SpoolException;

/**
 * Reports by mail (RFC 8460 section 5.3): spooled like our other reports, from the null sender, and nobody is told when
 * one cannot be delivered. {@code TLS-Required: No} (RFC 8689) says that the very policy that is reported to be broken
 * shall not keep the report away, and that this delivery is not to be counted.
 */
@Singleton
final class ReportMail {

    private final Spool spool;
    private final BounceConfig ours;
    private final TlsConfig.Reports from;
    private final InstantSource clock;

    @Inject
    ReportMail(Spool spool, BounceConfig ours, TlsConfig config, InstantSource clock) {
        this.spool = spool;
        this.ours = ours;
        this.from = config.reports();
        this.clock = clock;
    }

    /**
     * Spools it.
     *
     * @throws IOException when that failed; it may be tried again
     */
    QueueId send(ReportText report, Mailbox to) throws IOException {
        var id = spool.nextId();
        var now = clock.instant();
        var draft = spool.draft();
        try {
            write(draft, report, to, now);
            var origin = new Origin(ReversePath.none(), MailParameters.NONE, now, "internal", "127.0.0.1",
                ours.hostname(), "");
            var recipient = new Recipient(to, Set.of(Recipient.Notify.NEVER), "");
            spool.commit(Change.accept(new NewMessage(id, origin, List.of(new NewVariant(draft, "")),
                List.of(new NewRecipient(recipient, 0, new RecipientState.Pending(ours.processor(), now, 0, false))),
                List.of(new Event(now, "", "received", "TLS report to " + report.domain() + " on " + report.day())))));
            return id;
        } catch (SpoolException e) {
            throw new IOException("the report could not be spooled: " + e.getMessage(), e);
        } finally {
            draft.close();
        }
    }

    private void write(Draft draft, ReportText report, Mailbox to, Instant now) throws IOException {
        var boundary = "=_tlsrpt." + report.id().replaceAll("[^A-Za-z0-9.]", ".");
        var out = draft.out();
        var text = "From: <" + from.contact() + ">\r\n"
            + "To: <" + to + ">\r\n"
            + "Subject: Report Domain: " + report.domain() + "\r\n Submitter: " + ours.hostname() + "\r\n Report-ID: <"
            + report.id() + ">\r\n"
            + "Date: " + MailDate.of(now) + "\r\n"
            + "Message-ID: <" + report.id() + ">\r\n"
            + "Auto-Submitted: auto-generated\r\n"
            + "TLS-Report-Domain: " + report.domain() + "\r\n"
            + "TLS-Report-Submitter: " + ours.hostname() + "\r\n"
            + "TLS-Required: No\r\n"
            + "MIME-Version: 1.0\r\n"
            + "Content-Type: multipart/report; report-type=\"tlsrpt\";\r\n\tboundary=\"" + boundary + "\"\r\n\r\n"
            + "--" + boundary + "\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
            + "This is a report of " + ours.hostname() + " on TLS with the mail exchangers of\r\n" + report.domain()
            + " on " + report.day() + ", UTC (RFC 8460).\r\n\r\n"
            + "--" + boundary + "\r\nContent-Type: application/tlsrpt+gzip\r\nContent-Transfer-Encoding: base64\r\n"
            + "Content-Disposition: attachment;\r\n\tfilename=\"" + report.fileName(ours.hostname()) + "\"\r\n\r\n"
            + Base64.getMimeEncoder().encodeToString(report.gzip(from)) + "\r\n\r\n--" + boundary + "--\r\n";
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }
}
