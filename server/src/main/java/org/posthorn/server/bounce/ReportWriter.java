package org.posthorn.server.bounce;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.posthorn.mailets.port.BounceKind;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.mime.MailDate;
import org.posthorn.protocols.mime.QuotedPrintable;
import org.posthorn.protocols.smtp.Handling;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.MailParameters.Body;
import org.posthorn.protocols.smtp.MailParameters.Ret;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.server.bounce.Notice.Action;
import org.posthorn.server.chain.ReportNotes;
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
 * Writes a report as multipart/report (RFC 3462): a text for people, message/delivery-status (RFC 3464) for programs,
 * and the header of the message, or all of it.
 *
 * <p>What we write ourselves is ASCII; only returned octets may go beyond, and the fields of a message that was
 * internationalized itself, in the media types of RFC 6533.
 */
record ReportWriter(Spool spool, BounceConfig config, RandomGenerator random) {

    /**
     * The report, to be spooled.
     *
     * @throws SpoolException when it cannot be written: our fault, to be tried again later
     */
    NewMessage write(Report report) {
        var id = spool.nextId();
        var draft = spool.draft();
        try {
            var returned = report.returned(config.largestReturned());
            var fields = new StatusFields(report.utf8()).message(report.about(), config.hostname());
            report.notices().forEach(notice -> fields.recipient(notice, report.now()));
            write(draft, report, new Parts(id, fields, returned));
            var body = returned.eightBit() || fields.isGlobal() ? Body.EIGHT_BIT_MIME : Body.SEVEN_BIT;
            return message(report, id, body, draft);
        } catch (IOException e) {
            draft.close();
            throw new SpoolException("the report on " + report.about().id() + " could not be written: "
                + e.getMessage(), false, e);
        } catch (RuntimeException e) {
            draft.close();
            throw e;
        }
    }

    /** What stands in it. */
    private record Parts(QueueId id, StatusFields fields, Returned returned) {
        boolean eightBit() {
            return returned.eightBit() || fields.isGlobal();
        }
    }

    private NewMessage message(Report report, QueueId id, Body body, Draft draft) {
        // No RET (RFC 3461 section 6.1); as urgent as what it is about, and as secret (RFC 8689 section 5).
        var parameters = new MailParameters(-1, body, report.utf8(), Ret.UNSPECIFIED, "")
            .with(Handling.NONE.priority(report.about().origin().parameters().handling().priority())
                .requireTls(report.about().origin().parameters().handling().requireTls()));
        var origin = new Origin(ReversePath.none(), parameters, report.now(), "internal", "127.0.0.1",
            config.hostname(), "");
        var begins = new RecipientState.Pending(config.processor(), report.now(), 0, report.heldBy().isPresent());
        var state = report.heldBy().<RecipientState>map(rule -> new RecipientState.Held(rule, begins)).orElse(begins);
        return new NewMessage(id, origin, List.of(new NewVariant(draft, notes(report))),
            List.of(new NewRecipient(Recipient.of(report.to()), 0, state)),
            List.of(new Event(report.now(), "", "received", "report on " + report.about().id() + ", "
                + HumanText.addresses(report.notices())
                + report.heldBy().map(rule -> "; held by " + rule).orElse(""))));
    }

    private static String notes(Report report) {
        var failed = report.notices().stream().filter(notice -> notice.action() == Action.FAILED).toList();
        var notes = new LinkedHashMap<String, String>();
        notes.put(ReportNotes.REPORT, report.isDoubleBounce() ? ReportNotes.DOUBLE_BOUNCE
            : report.notices().stream().map(notice -> notice.action().word()).distinct()
            .collect(Collectors.joining(",")));
        notes.put(ReportNotes.ABOUT, report.about().id().toString());
        if (!failed.isEmpty()) {
            notes.put(ReportNotes.KIND, failed.stream().map(Notice::kind).map(BounceKind::word).distinct()
                .collect(Collectors.joining(",")));
            notes.put(ReportNotes.NATURE, failed.getFirst().kind().nature().word());
            notes.put(ReportNotes.RECIPIENT, failed.stream().map(Notice::address).collect(Collectors.joining(",")));
        }
        return ReportNotes.text(notes);
    }

    private void write(Draft draft, Report report, Parts parts) throws IOException {
        var boundary = "=_" + parts.id() + "." + HexFormat.of().toHexDigits(random.nextLong());
        var out = draft.out();
        var fields = parts.fields();
        var returned = parts.returned();
        put(out, header(report, parts, boundary));
        put(out, "\r\n--" + boundary + "\r\n" + text(report));
        put(out, "\r\n--" + boundary + "\r\nContent-Type: message/" + (fields.isGlobal()
            ? "global-delivery-status\r\nContent-Transfer-Encoding: 8bit" : "delivery-status") + "\r\n\r\n" + fields);
        put(out, "\r\n--" + boundary + "\r\nContent-Type: " + returned.type(report.utf8())
            + "\r\nContent-Transfer-Encoding: " + (returned.eightBit() ? "8bit" : "7bit")
            + "\r\nContent-Description: " + (returned.whole() ? "Your message" : "The header of your message")
            + "\r\n\r\n");
        returned.writeTo(out);
        put(out, "\r\n--" + boundary + "--\r\n");
        out.flush();
    }

    private String header(Report report, Parts parts, String boundary) {
        return "From: Mail Delivery System <MAILER-DAEMON@" + config.hostname() + ">\r\n"
            + "To: <" + report.to() + ">\r\n"
            + "Subject: " + HumanText.subject(report) + "\r\n"
            + "Date: " + MailDate.of(report.now()) + "\r\n"
            + "Message-ID: <" + parts.id() + ".report@" + config.hostname() + ">\r\n"
            + "Auto-Submitted: auto-replied\r\n"
            + "MIME-Version: 1.0\r\n"
            + "Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"" + boundary + "\"\r\n"
            + (parts.eightBit() ? "Content-Transfer-Encoding: 8bit\r\n" : "")
            + "\r\nThis is a report in the format of RFC 3464.\r\n";
    }

    private String text(Report report) {
        var text = HumanText.of(report, config.hostname());
        var plain = text.chars().allMatch(c -> c < 127) && text.lines().allMatch(line -> line.length() <= 900);
        return plain
            ? "Content-Type: text/plain; charset=us-ascii\r\n\r\n" + text.replace("\n", "\r\n")
            : "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
                + QuotedPrintable.of(text);
    }

    private static void put(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
