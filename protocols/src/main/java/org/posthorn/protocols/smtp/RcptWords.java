package org.posthorn.protocols.smtp;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.smtp.Recipient.Notify;
import org.posthorn.protocols.wire.Reply;

/** The parameters of RCPT TO: those of DSN (RFC 3461 section 4.1 and 4.2). */
record RcptWords(Extensions extensions) {

    private static final Pattern ADDRESS_TYPE = Pattern.compile("[!#-'*+/-9=?A-Z^_`a-z{|}~-]+");
    private static final int MAX_ORIGINAL_RECIPIENT = 500;

    /** What came of it. */
    sealed interface Result {
    }

    /** They are good. */
    record Parsed(Recipient recipient) implements Result {
    }

    /** 501 or 555. */
    record Fault(Reply reply) implements Result {
    }

    Result recipient(Mailbox mailbox, EsmtpParameters.Words words) {
        Set<Notify> notifyOn = Set.of();
        var originalRecipient = "";
        for (var word : words.values().entrySet()) {
            var value = word.getValue().orElse("");
            if (!extensions.has(Extension.DSN)) {
                return new Fault(EsmtpParameters.unknown(word));
            }
            switch (word.getKey()) {
                case "NOTIFY" -> {
                    var wanted = notifyOn(value);
                    if (wanted.isEmpty()) {
                        return new Fault(EsmtpParameters.malformed("NOTIFY",
                            "=NEVER, or one or more of SUCCESS,FAILURE,DELAY"));
                    }
                    notifyOn = wanted.get();
                }
                case "ORCPT" -> {
                    if (!isOriginalRecipient(value)) {
                        return new Fault(EsmtpParameters.malformed("ORCPT",
                            "=type;address in xtext, at most 500 characters"));
                    }
                    originalRecipient = value;
                }
                default -> {
                    return new Fault(EsmtpParameters.unknown(word));
                }
            }
        }
        return new Parsed(new Recipient(mailbox, notifyOn, originalRecipient));
    }

    private static Optional<Set<Notify>> notifyOn(String value) {
        var wanted = EnumSet.noneOf(Notify.class);
        for (var word : value.toUpperCase(Locale.ROOT).split(",", -1)) {
            var notify = switch (word) {
                case "NEVER" -> Optional.of(Notify.NEVER);
                case "SUCCESS" -> Optional.of(Notify.SUCCESS);
                case "FAILURE" -> Optional.of(Notify.FAILURE);
                case "DELAY" -> Optional.of(Notify.DELAY);
                default -> Optional.<Notify>empty();
            };
            if (notify.isEmpty() || !wanted.add(notify.get())) {
                return Optional.empty();
            }
        }
        return wanted.contains(Notify.NEVER) && wanted.size() > 1 ? Optional.empty() : Optional.of(wanted);
    }

    private static boolean isOriginalRecipient(String value) {
        var semicolon = value.indexOf(';');
        if (semicolon < 1 || value.length() > MAX_ORIGINAL_RECIPIENT || semicolon == value.length() - 1) {
            return false;
        }
        var type = value.substring(0, semicolon);
        var address = value.substring(semicolon + 1);
        return ADDRESS_TYPE.matcher(type).matches()
            && (type.equalsIgnoreCase("utf-8") ? Xtext.isUtf8Address(address) : Xtext.isPrintable(address));
    }
}
