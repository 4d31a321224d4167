package org.posthorn.mailets;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMailet;
import org.posthorn.mailets.port.Answer;
import org.posthorn.mailets.port.Described;
import org.posthorn.mailets.port.Disposition;
import org.posthorn.mailets.port.Manifest;
import org.posthorn.mailets.port.ReplyText;
import org.posthorn.mailets.port.Stage;

/**
 * A mailet that sends a mail made of the one in hand. It enters the spool with the settlement of that one, and begins
 * its way at {@code root}.
 *
 * <p>Against loops each carries {@code X-Loop}; who would get the same from us a second time does not, and the mail
 * fails with 5.4.6 where nothing else becomes of it. The mark names nobody and cannot be guessed: its key is made anew
 * whenever the processors are loaded, which lets a loop go round once more at most.
 */
abstract class Resending extends GenericMailet implements Described {

    private static final String LOOP = "X-Loop";
    private static final int KEY = 16;        // octets
    private static final int MARK = 16;       // octets of the digest that are shown
    private static final Map<String, String> OLD_NAMES = Map.of("replyTo", "replyto", "message", "notice",
        "sender", "sendingAddress", "forwardTo", "forwardto", "reversePath", "returnPath");

    private final Disposition disposition;
    private final SecureRandom random;
    private final Profile profile;
    private final byte[] key = new byte[KEY];   // filled by init
    private Settings settings = new Settings(List.of(), List.of(), AddressWord.Source.UNALTERED,
        AddressWord.Source.UNALTERED, AddressWord.Source.UNALTERED);   // replaced by init, before any mail comes
    private Composition composition = new Composition(Composition.Inline.NONE, Composition.Attachment.NONE, false);
    private boolean passThrough;

    Resending(Disposition disposition, SecureRandom random, Profile profile) {
        this.disposition = disposition;
        this.random = random;
        this.profile = profile;
    }

    /**
     * What one of the kin is.
     *
     * @param parameters that may be written
     * @param values of all parameters where nothing is written
     * @param autoSubmitted of RFC 3834 section 5; empty for a person's mail passed on
     */
    record Profile(Set<String> parameters, Map<String, String> values, Optional<String> autoSubmitted) {

        private static final Set<String> EVERY = Set.of("recipients", "to", "sender", "replyTo", "reversePath",
            "message", "inline", "attachment", "attachError", "passThrough", "subject", "prefix", "isReply");
        private static final Set<String> OF_A_NOTICE =
            Set.of("sender", "message", "inline", "attachment", "attachError", "passThrough", "prefix");

        /** Sends a person's mail on. */
        static Profile passingOn(String inline) {
            return new Profile(EVERY, Map.of("recipients", "unaltered", "to", "unaltered", "sender", "unaltered",
                "replyTo", "unaltered", "reversePath", "unaltered", "inline", inline, "attachment", "none"),
                Optional.empty());
        }

        /** Tells somebody, in the postmaster's name, about a mail that goes on. */
        static Profile notice(String recipient, String autoSubmitted) {
            return new Profile(OF_A_NOTICE, Map.of("recipients", recipient, "to", recipient, "sender", "postmaster",
                "replyTo", "null", "reversePath", "null", "inline", "none", "attachment", "message",
                "passThrough", "true", "isReply", "true"), Optional.of(autoSubmitted));
        }

        /** This one, and the parameter {@code to} as well. */
        Profile withTo() {
            return with(Stream.concat(parameters.stream(), Stream.of("to")).collect(Collectors.toUnmodifiableSet()));
        }

        /** This one, with other parameters. */
        Profile with(Set<String> others) {
            return new Profile(others, values, autoSubmitted);
        }

        /** Its parameters, and their old names. */
        Set<String> known() {
            return Stream.concat(parameters.stream(), OLD_NAMES.entrySet().stream()
                .filter(old -> parameters.contains(old.getKey())).map(Map.Entry::getValue))
                .collect(Collectors.toUnmodifiableSet());
        }
    }

    private record Settings(List<AddressWord> recipients, List<AddressWord> to, AddressWord sender,
                            AddressWord replyTo, AddressWord reversePath) {
    }

    /** Words of its own, before what is taken of the original; {@code message} where that is written. */
    String words(Mail mail) throws MessagingException {
        return value("message");
    }

    /** Whether the mail in hand may be answered at all. */
    boolean mayAnswer(Mail mail) throws MessagingException {
        return true;
    }

    @Override public final Manifest manifest() {
        return new Manifest(profile.known(), Set.of(Stage.ACCEPTED), !passThrough);
    }

    @Override public final void init() throws MessagingException {
        settings = new Settings(AddressWord.list(place("recipients"), value("recipients")),
            AddressWord.list(place("to"), value("to")), AddressWord.one(place("sender"), value("sender")),
            AddressWord.one(place("replyTo"), value("replyTo")),
            AddressWord.one(place("reversePath"), value("reversePath")));
        composition = new Composition(choice("inline", Composition.Inline.class),
            choice("attachment", Composition.Attachment.class), flag("attachError"));
        passThrough = flag("passThrough");
        flag("isReply");
        random.nextBytes(key);
    }

    private String place(String key) {
        return getClass().getSimpleName() + ": <" + key + ">";
    }

    /** What is written, by its name or its old one, or what holds where nothing is. */
    String value(String key) throws MessagingException {
        var written = written(key);
        return written.isPresent() ? written.get() : profile.values().getOrDefault(key, "");
    }

    /** What is written; empty where nothing is. */
    final Optional<String> written(String key) throws MessagingException {
        var now = Optional.ofNullable(getInitParameter(key));
        var old = Optional.ofNullable(OLD_NAMES.get(key)).map(this::getInitParameter);
        if (now.isPresent() && old.isPresent()) {
            throw new MessagingException(place(key) + " and <" + OLD_NAMES.get(key) + "> are one; keep the first");
        }
        return now.or(() -> old);
    }

    private boolean flag(String key) throws MessagingException {
        var written = value(key).strip().toLowerCase(Locale.ROOT);
        return switch (written) {
            case "true" -> true;
            case "false", "" -> false;
            default -> throw new MessagingException(place(key) + " must be true or false, found '" + written + "'");
        };
    }

    private <E extends Enum<E>> E choice(String key, Class<E> type) throws MessagingException {
        var written = value(key).strip();
        return Arrays.stream(type.getEnumConstants()).filter(one -> one.name().equalsIgnoreCase(written)).findFirst()
            .orElseThrow(() -> new MessagingException(place(key) + " must be one of "
                + Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT) + ", found '" + written + "'"));
    }

    @Override public final void service(Mail mail) throws MessagingException {
        var recipients = new LinkedHashSet<MailAddress>();
        for (var word : settings.recipients()) {
            recipients.addAll(word.envelope(mail, postmaster()));
        }
        var mark = mark(recipients);
        if (isMarked(mail, mark)) {
            if (!passThrough) {
                disposition.answer(mail, new Answer.Reject(ReplyText.of(getClass().getSimpleName(),
                    "554 5.4.6 The message was sent on from here before and came back", ReplyText.PERMANENT)));
            }
            return;
        }
        if (recipients.isEmpty() && profile.autoSubmitted().isEmpty()) {
            throw new MessagingException(getClass().getSimpleName() + ": there is nobody to send the mail to");
        }
        if (!recipients.isEmpty() && mayAnswer(mail)) {
            getMailetContext().sendMail(path(mail), recipients, message(mail, mark));
        }
        if (!passThrough) {
            // An answer to the sender brings the mail to nobody; all else of ours does.
            disposition.answer(mail, profile.autoSubmitted().isEmpty() ? new Answer.SentOn() : new Answer.Discard());
        }
    }

    private MailAddress postmaster() {
        return getMailetContext().getPostmaster();
    }

    private MailAddress path(Mail mail) throws MessagingException {
        return switch (settings.reversePath()) {
            case AddressWord.Fixed(var address) -> new MailAddress(address);
            case AddressWord.Source.POSTMASTER -> postmaster();
            case AddressWord.Source.NULL -> MailAddress.nullSender();
            case AddressWord.Source _ -> mail.getMaybeSender().asOptional().orElseGet(MailAddress::nullSender);
        };
    }

    private MimeMessage message(Mail mail, String mark) throws MessagingException {
        var unaltered = composition.inline() == Composition.Inline.UNALTERED;
        var original = mail.getMessage();
        var message = unaltered ? mail.duplicate().getMessage()
            : composition.write(mail, words(mail), postmaster().getDomain().asString());
        if (!unaltered) {
            for (var field : List.of("From", "To", "Cc", "Reply-To", "Auto-Submitted")) {
                copy(original, message, field);
            }
        }
        header(mail, message);
        var id = original.getHeader("Message-ID", null);
        if (flag("isReply") && id != null) {
            message.setHeader("In-Reply-To", id);
            message.setHeader("References", id);
        }
        if (profile.autoSubmitted().isPresent()) {
            message.setHeader("Auto-Submitted", profile.autoSubmitted().get());
        }
        if (!unaltered) {
            message.saveChanges();
        }
        message.addHeader(LOOP, mark);
        return message;
    }

    private void header(Mail mail, MimeMessage message) throws MessagingException {
        AddressWord.write(message, Message.RecipientType.TO, settings.to(), mail, postmaster());
        if (profile.autoSubmitted().isPresent()) {
            message.removeHeader("Cc");   // the answer goes to one, not to all that the original went to
        }
        if (!isUnaltered(settings.sender())) {
            message.setFrom(settings.sender().header(mail, postmaster()).getFirst());
        }
        if (settings.replyTo() != AddressWord.Source.UNALTERED) {
            var replyTo = settings.replyTo().header(mail, postmaster());
            message.removeHeader("Reply-To");
            if (!replyTo.isEmpty()) {
                message.setReplyTo(replyTo.toArray(InternetAddress[]::new));
            }
        }
        subject(mail.getMessage(), message);
    }

    /** The subject as it was written, unless a word of ours is put to it: then it is encoded anew. */
    private void subject(MimeMessage original, MimeMessage message) throws MessagingException {
        var written = written("subject");
        var prefix = value("prefix").strip();
        if (written.isEmpty() && prefix.isEmpty()) {
            if (composition.inline() != Composition.Inline.UNALTERED) {
                copy(original, message, "Subject");
            }
            return;
        }
        var subject = written.isPresent() ? written.get() : Optional.ofNullable(original.getSubject()).orElse("");
        message.setSubject(prefix.isEmpty() || subject.startsWith(prefix) ? subject : (prefix + " " + subject).strip(),
            "UTF-8");
    }

    private static boolean isUnaltered(AddressWord sender) {
        return sender == AddressWord.Source.UNALTERED || sender == AddressWord.Source.SENDER;
    }

    private static void copy(MimeMessage from, MimeMessage to, String field) throws MessagingException {
        var values = from.getHeader(field);
        if (values != null) {
            to.removeHeader(field);
            for (var value : values) {
                to.addHeader(field, value);
            }
        }
    }

    /** Who we are, and a digest of whom this is sent to: the same mail is not sent there by us twice. */
    private String mark(Set<MailAddress> recipients) throws MessagingException {
        var all = recipients.stream().map(MailAddress::asString).sorted().collect(Collectors.joining(","));
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            var digest = mac.doFinal(all.getBytes(StandardCharsets.UTF_8));
            return postmaster().getDomain().asString() + " " + HexFormat.of().formatHex(digest, 0, MARK);
        } catch (GeneralSecurityException e) {
            throw new MessagingException(getClass().getSimpleName() + ": this JDK has no HmacSHA256", e);
        }
    }

    private static boolean isMarked(Mail mail, String mark) throws MessagingException {
        var marks = mail.getMessage().getHeader(LOOP);
        return marks != null && Arrays.stream(marks)
            .anyMatch(one -> one.replaceAll("\\s+", " ").strip().equals(mark));
    }

    @Override public final String getMailetInfo() {
        return getClass().getSimpleName();
    }
}
