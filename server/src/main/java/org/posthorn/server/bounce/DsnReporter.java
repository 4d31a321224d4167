package org.posthorn.server.bounce;

import jakarta.inject.Inject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.MailParameters.Body;
import org.posthorn.protocols.smtp.MailParameters.Ret;
import org.posthorn.protocols.smtp.Recipient;
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
import org.posthorn.server.spool.SpooledMessage;

/**
 * Writes failure reports as multipart/report (RFC 3462): a text for the sender, message/delivery-status (RFC 3464) for
 * programs, and the header of the message, or all of it when RET=FULL asked for it and it is not too large.
 *
 * <p>What we write ourselves is ASCII; only returned octets may go beyond. Those of an internationalized message come
 * back in the media types of RFC 6533.
 */
public final class DsnReporter implements Reporter {

    private final Spool spool;
    private final BounceConfig config;
    private final InstantSource clock;
    private final RandomGenerator random;

    /**
     * Reports are written into drafts of the spool.
     *
     * @param random for boundaries
     */
    @Inject
    public DsnReporter(Spool spool, BounceConfig config, InstantSource clock, RandomGenerator random) {
        this.spool = spool;
        this.config = config;
        this.clock = clock;
        this.random = random;
    }

    /**
     * {@inheritDoc}
     *
     * @throws SpoolException when it cannot be written: our fault, to be tried again later
     */
    @Override public Optional<NewMessage> failed(SpooledMessage message, List<Failure> failures) {
        var told = failures.stream().filter(DsnReporter::wanted).toList();
        return switch (message.origin().sender()) {
            case ReversePath.Null _ -> Optional.empty();
            case ReversePath.Sender _ when told.isEmpty() -> Optional.empty();
            case ReversePath.Sender(var sender) -> Optional.of(report(message, told, sender));
        };
    }

    /** RFC 3461 section 4.1: without NOTIFY failures are reported; with it only if FAILURE is in it. */
    private static boolean wanted(Failure failure) {
        var on = failure.recipient().recipient().notifyOn();
        return on.isEmpty() || on.contains(Recipient.Notify.FAILURE);
    }

    private NewMessage report(SpooledMessage message, List<Failure> failures, Mailbox sender) {
        var id = spool.nextId();
        var now = clock.instant();
        var parameters = message.origin().parameters();
        var utf8 = parameters.smtpUtf8() || !sender.isAscii();
        var draft = spool.draft();
        try {
            var original = message.variantOf(failures.getFirst().recipient()).content();
            var whole = parameters.ret() == Ret.FULL && original.octets() <= config.largestReturned();
            var returned = Returned.of(original, whole);
            write(draft, new Report(id, now, sender, message, failures, returned, utf8));
            var body = returned.eightBit() ? Body.EIGHT_BIT_MIME : Body.SEVEN_BIT;
            var origin = new Origin(ReversePath.none(),
                new MailParameters(-1, body, utf8, Ret.UNSPECIFIED, ""), now, "internal", "127.0.0.1",
                config.hostname(), "");
            return new NewMessage(id, origin, List.of(new NewVariant(draft, "")),
                List.of(new NewRecipient(Recipient.of(sender), 0,
                    new RecipientState.Pending(config.processor(), now, 0, false))),
                List.of(new Event(now, "", "received", "report on " + message.id() + ", not delivered to "
                    + HumanText.addresses(failures))));
        } catch (IOException e) {
            draft.close();
            throw new SpoolException("the report on " + message.id() + " could not be written: " + e.getMessage(),
                false, e);
        } catch (RuntimeException e) {
            draft.close();
            throw e;
        }
    }

    /** All that a report is made of. */
    private record Report(QueueId id, Instant now, Mailbox sender, SpooledMessage message, List<Failure> failures,
                          Returned returned, boolean utf8) {
    }

    private void write(Draft draft, Report report) throws IOException {
        var boundary = "=_" + report.id() + "." + HexFormat.of().toHexDigits(random.nextLong());
        var out = draft.out();
        put(out, header(report, boundary));
        put(out, "\r\n--" + boundary + "\r\n" + text(report));
        put(out, "\r\n--" + boundary + "\r\n" + status(report));
        put(out, "\r\n--" + boundary + "\r\nContent-Type: " + report.returned.type(report.utf8)
            + "\r\nContent-Transfer-Encoding: " + (report.returned.eightBit() ? "8bit" : "7bit")
            + "\r\nContent-Description: " + (report.returned.whole() ? "Your message" : "The header of your message")
            + "\r\n\r\n");
        report.returned.writeTo(out);
        put(out, "\r\n--" + boundary + "--\r\n");
        out.flush();
    }

    private String header(Report report, String boundary) {
        return "From: Mail Delivery System <MAILER-DAEMON@" + config.hostname() + ">\r\n"
            + "To: <" + report.sender + ">\r\n"
            + "Subject: " + HumanText.subject(report.failures) + "\r\n"
            + "Date: " + StatusFields.date(report.now) + "\r\n"
            + "Message-ID: <" + report.id + ".report@" + config.hostname() + ">\r\n"
            + "Auto-Submitted: auto-replied\r\n"
            + "MIME-Version: 1.0\r\n"
            + "Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"" + boundary + "\"\r\n"
            + (report.returned.eightBit() ? "Content-Transfer-Encoding: 8bit\r\n" : "")
            + "\r\nThis is a report in the format of RFC 3464.\r\n";
    }

    private String text(Report report) {
        var text = HumanText.of(report.message, report.failures, config.hostname());
        var plain = text.chars().allMatch(c -> c < 127) && text.lines().allMatch(line -> line.length() <= 900);
        return plain
            ? "Content-Type: text/plain; charset=us-ascii\r\n\r\n" + text.replace("\n", "\r\n")
            : "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
                + QuotedPrintable.encode(text);
    }

    private String status(Report report) {
        var fields = new StatusFields().message(report.message, config.hostname());
        report.failures.forEach(failure -> fields.recipient(failure, report.now));
        return "Content-Type: message/delivery-status\r\n\r\n" + fields;
    }

    private static void put(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
