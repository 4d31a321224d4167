package org.posthorn.mailets;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Mail;

/** One of the addresses that {@link Resend} and its kin are given: written out, or taken of the mail by a word. */
sealed interface AddressWord {

    /** An address as it stands, perhaps with a person's name. */
    record Fixed(InternetAddress address) implements AddressWord {
    }

    /** James's words for addresses of the mail in hand. */
    enum Source implements AddressWord {
        /** As it is; for recipients, those of the mail. */
        UNALTERED,
        /** The reverse path. */
        SENDER,
        /** The header's From, else its Sender, else the reverse path. */
        FROM,
        /** The header's Reply-To, else as {@link #FROM}. */
        REPLYTO,
        /** The reverse path. */
        REVERSEPATH,
        /** The postmaster here. */
        POSTMASTER,
        /** The mail's recipients. */
        RECIPIENTS,
        /** As {@link #RECIPIENTS}. */
        TO,
        /** Nobody. */
        NULL
    }

    /**
     * Reads a list with commas.
     *
     * @param place for the complaint, such as {@code Redirect: <recipients>}
     * @throws MessagingException when one of them is neither a word nor an address
     */
    static List<AddressWord> list(String place, String written) throws MessagingException {
        var words = new ArrayList<AddressWord>();
        try {
            for (var address : InternetAddress.parse(written, false)) {
                var name = address.getAddress();
                var source = Arrays.stream(Source.values())
                    .filter(one -> name.toUpperCase(Locale.ROOT).equals(one.name())).findFirst();
                if (source.isEmpty()) {
                    new MailAddress(name);   // it must be one that can get mail
                }
                words.add(source.<AddressWord>map(one -> one).orElseGet(() -> new Fixed(address)));
            }
        } catch (AddressException e) {
            throw new MessagingException(place + " must be addresses, or of "
                + Arrays.toString(Source.values()).toLowerCase(Locale.ROOT) + ", found '" + written + "'", e);
        }
        if (words.isEmpty()) {
            throw new MessagingException(place + " is empty");
        }
        return words;
    }

    /**
     * Reads one.
     *
     * @throws MessagingException when it is none, or more
     */
    static AddressWord one(String place, String written) throws MessagingException {
        var words = list(place, written);
        if (words.size() != 1) {
            throw new MessagingException(place + " must be one address, found '" + written + "'");
        }
        return words.getFirst();
    }

    /** Whom mail is sent to. Only {@link Source#REPLYTO} asks the header, which anybody may forge. */
    default List<MailAddress> envelope(Mail mail, MailAddress postmaster) throws MessagingException {
        return switch (this) {
            case Fixed(var address) -> List.of(new MailAddress(address));
            case Source source -> switch (source) {
                case SENDER, FROM, REVERSEPATH -> sender(mail);
                case REPLYTO -> replyTo(mail);
                case POSTMASTER -> List.of(postmaster);
                case UNALTERED, RECIPIENTS, TO -> List.copyOf(mail.getRecipients());
                case NULL -> List.of();
            };
        };
    }

    /** What is written into a header field. */
    default List<InternetAddress> header(Mail mail, MailAddress postmaster) throws MessagingException {
        return switch (this) {
            case Fixed(var address) -> List.of(address);
            case Source source -> switch (source) {
                case FROM -> from(mail);
                case REPLYTO -> {
                    var written = headers(mail, "Reply-To");
                    yield written.isEmpty() ? from(mail) : written;
                }
                case UNALTERED, SENDER, REVERSEPATH, POSTMASTER, RECIPIENTS, TO, NULL ->
                    internet(envelope(mail, postmaster));
            };
        };
    }

    private static List<MailAddress> sender(Mail mail) {
        return mail.getMaybeSender().asOptional().map(List::of).orElse(List.of());
    }

    private static List<MailAddress> replyTo(Mail mail) throws MessagingException {
        var written = headers(mail, "Reply-To");
        var found = new ArrayList<MailAddress>();
        for (var address : written.isEmpty() ? from(mail) : written) {
            found.add(new MailAddress(address));
        }
        return found;
    }

    private static List<InternetAddress> from(Mail mail) throws MessagingException {
        for (var field : List.of("From", "Sender")) {
            var written = headers(mail, field);
            if (!written.isEmpty()) {
                return written;
            }
        }
        return internet(sender(mail));
    }

    private static List<InternetAddress> headers(Mail mail, String field) throws MessagingException {
        var value = Optional.ofNullable(mail.getMessage().getHeader(field, ",")).orElse("");
        try {
            return List.of(InternetAddress.parseHeader(value, false));
        } catch (AddressException e) {
            return List.of();   // a header that nobody can read names nobody
        }
    }

    private static List<InternetAddress> internet(List<MailAddress> addresses) {
        return addresses.stream().flatMap(address -> address.toInternetAddress().stream()).toList();
    }

    /** Writes the field, or removes it where nobody is named; {@code unaltered} leaves what the message has. */
    static void write(MimeMessage message, Message.RecipientType field, List<AddressWord> words, Mail mail,
                      MailAddress postmaster) throws MessagingException {
        if (words.contains(Source.UNALTERED)) {
            return;
        }
        var all = new ArrayList<InternetAddress>();
        for (var word : words) {
            all.addAll(word.header(mail, postmaster));
        }
        message.setRecipients(field, all.toArray(InternetAddress[]::new));
    }
}
