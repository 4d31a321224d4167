package org.posthorn.protocols.smtp;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.posthorn.protocols.address.AddressParser;
import org.posthorn.protocols.smtp.MailParameters.Body;
import org.posthorn.protocols.smtp.MailParameters.Ret;
import org.posthorn.protocols.wire.Reply;

/**
 * The parameters of MAIL FROM.
 *
 * <p>AUTH (RFC 4954 section 5) is checked and then forgotten: we trust no client to name an author, and such a server
 * must behave as if {@code AUTH=<>} had been sent.
 */
record MailWords(Extensions extensions, Terms terms) {

    private static final Pattern SIZE = Pattern.compile("[0-9]{1,20}");
    private static final int MAX_ENVELOPE_ID = 100;
    private static final int MAX_AUTH = 500;

    /** What came of it. */
    sealed interface Result {
    }

    /**
     * They are good.
     *
     * @param lowered whether a lower priority was granted than was asked for
     */
    record Parameters(MailParameters parameters, boolean lowered) implements Result {
    }

    /** 501 or 555. */
    record Fault(Reply reply) implements Result {
    }

    Result parameters(EsmtpParameters.Words words) {
        var parameters = MailParameters.NONE;
        var lowered = false;
        for (var word : words.values().entrySet()) {
            switch (with(parameters, word)) {
                case Fault fault -> {
                    return fault;
                }
                case Parameters(var more, var less) -> {
                    parameters = more;
                    lowered |= less;
                }
            }
        }
        return new Parameters(parameters, lowered);
    }

    private Result with(MailParameters so, Map.Entry<String, Optional<String>> word) {
        var value = word.getValue().orElse("");
        var offered = switch (word.getKey()) {
            case "SIZE" -> extensions.has(Extension.SIZE);
            case "BODY" -> extensions.has(Extension.EIGHT_BIT_MIME) || extensions.has(Extension.BINARYMIME);
            case "SMTPUTF8" -> extensions.has(Extension.SMTPUTF8);
            case "RET", "ENVID" -> extensions.has(Extension.DSN);
            case "REQUIRETLS" -> extensions.has(Extension.REQUIRETLS);
            case "HOLDFOR", "HOLDUNTIL" -> extensions.has(Extension.FUTURERELEASE);
            case "BY" -> extensions.has(Extension.DELIVERBY);
            case "MT-PRIORITY" -> extensions.has(Extension.MT_PRIORITY);
            case "XVERP" -> extensions.has(Extension.XVERP);
            // Also once the client is authenticated, when EHLO does not list AUTH any more.
            case "AUTH" -> !extensions.mechanisms().isEmpty();
            default -> false;
        };
        if (!offered) {
            return new Fault(EsmtpParameters.unknown(word));
        }
        return switch (word.getKey()) {
            case "SIZE" -> SIZE.matcher(value).matches()
                ? good(new MailParameters(octets(value), so.body(), so.smtpUtf8(), so.ret(), so.envelopeId(),
                    so.handling()))
                : malformed("SIZE", "=octets");
            case "BODY" -> body(so, value);
            case "SMTPUTF8" -> word.getValue().isEmpty()
                ? good(new MailParameters(so.size(), so.body(), true, so.ret(), so.envelopeId(), so.handling()))
                : malformed("SMTPUTF8", " without a value");
            case "RET" -> ret(so, value);
            case "ENVID" -> !value.isEmpty() && value.length() <= MAX_ENVELOPE_ID && Xtext.isPrintable(value)
                ? good(new MailParameters(so.size(), so.body(), so.smtpUtf8(), so.ret(), value, so.handling()))
                : malformed("ENVID", "= and at most 100 characters of xtext");
            case "REQUIRETLS" -> word.getValue().isEmpty() ? good(so.with(so.handling().requireTls(true)))
                : malformed("REQUIRETLS", " without a value");
            case "HOLDFOR" -> asked(so, handling().holdFor(so.handling(), value));
            case "HOLDUNTIL" -> asked(so, handling().holdUntil(so.handling(), value));
            case "BY" -> asked(so, handling().by(so.handling(), value));
            case "MT-PRIORITY" -> asked(so, handling().priority(so.handling(), value));
            case "XVERP" -> asked(so, handling().verp(so.handling(), value));
            default -> isAuthor(value) ? good(so) : malformed("AUTH", "=<> or an address as xtext");
        };
    }

    private HandlingParameters handling() {
        return new HandlingParameters(terms);
    }

    private static Result asked(MailParameters so, HandlingParameters.Result result) {
        return switch (result) {
            case HandlingParameters.Asked(var handling, var lowered) -> new Parameters(so.with(handling), lowered);
            case HandlingParameters.Fault(var reply) -> new Fault(reply);
        };
    }

    private Result body(MailParameters so, String value) {
        for (var body : Body.values()) {
            if (body.keyword().equals(value.toUpperCase(Locale.ROOT))) {
                if (body == Body.BINARY_MIME && !extensions.has(Extension.BINARYMIME)) {
                    return new Fault(Reply.of(555, "5.5.4", "BODY=BINARYMIME is not offered"));
                }
                return good(new MailParameters(so.size(), body, so.smtpUtf8(), so.ret(), so.envelopeId(),
                    so.handling()));
            }
        }
        return malformed("BODY", "=7BIT, 8BITMIME or BINARYMIME");
    }

    private static Result ret(MailParameters so, String value) {
        return switch (value.toUpperCase(Locale.ROOT)) {
            case "FULL" -> good(ret(so, Ret.FULL));
            case "HDRS" -> good(ret(so, Ret.HDRS));
            default -> malformed("RET", "=FULL or HDRS");
        };
    }

    private static MailParameters ret(MailParameters so, Ret ret) {
        return new MailParameters(so.size(), so.body(), so.smtpUtf8(), ret, so.envelopeId(), so.handling());
    }

    private static boolean isAuthor(String value) {
        if (value.equals("<>")) {
            return true;
        }
        return value.length() <= MAX_AUTH && Xtext.isValid(value)
            && AddressParser.ascii().mailbox(Xtext.decoded(value)).toOptional().isPresent();
    }

    /** Twenty digits may be more than a long holds; so much is too much in any case. */
    private static long octets(String digits) {
        return digits.length() > 18 ? Long.MAX_VALUE : Long.parseLong(digits);
    }

    private static Result good(MailParameters parameters) {
        return new Parameters(parameters, false);
    }

    private static Result malformed(String keyword, String expected) {
        return new Fault(EsmtpParameters.malformed(keyword, expected));
    }
}
