package org.posthorn.protocols.address;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.posthorn.protocols.address.AddressResult.Bad;
import org.posthorn.protocols.address.AddressResult.Good;
import org.posthorn.protocols.address.AddressResult.Problem;

/**
 * Reads mailboxes and paths (RFC 5321 section 4.1.2, RFC 6531 section 3.3). The only parser of addresses.
 *
 * <p>Stricter than the grammar where the grammar only serves confusion: no empty local part, no leading zeros in an
 * address literal. More lenient in one thing: a trailing dot on the domain is dropped.
 */
public final class AddressParser {

    /** Octets of a local part, quotes not counted (RFC 5321 section 4.5.3.1.1). */
    static final int MAX_LOCAL_PART = 64;
    /** Octets of a path with its brackets (RFC 5321 section 4.5.3.1.3). */
    static final int MAX_PATH = 256;

    private static final String ATEXT = "!#$%&'*+-/=?^_`{|}~";

    private final boolean smtpUtf8;

    private AddressParser(boolean smtpUtf8) {
        this.smtpUtf8 = smtpUtf8;
    }

    /** Takes ASCII only. */
    public static AddressParser ascii() {
        return new AddressParser(false);
    }

    /** Takes UTF-8 local parts and U-labels too. A domain in U-labels comes out in A-labels. */
    public static AddressParser smtpUtf8() {
        return new AddressParser(true);
    }

    /** Reads {@code local-part@domain}, the whole text. For configuration and command lines. */
    public AddressResult<Mailbox> mailbox(String text) {
        return switch (leadingMailbox(text)) {
            case Bad<Mailbox> bad -> bad;
            case Good<Mailbox>(_, var rest) when !rest.isEmpty() ->
                bad("expected the end of the address, found '" + rest + "'");
            case Good<Mailbox> good -> good;
        };
    }

    /** Reads {@code <>} or a path at the front of the text, as in MAIL FROM. */
    public AddressResult<ReversePath> reversePath(String text) {
        if (text.startsWith("<>")) {
            return new Good<>(ReversePath.none(), text.substring(2));
        }
        return switch (path(text)) {
            case Bad<Mailbox>(var problem, var why) -> new Bad<>(problem, why);
            case Good<Mailbox>(var mailbox, var rest) -> new Good<>(ReversePath.of(mailbox), rest);
        };
    }

    /**
     * Reads a path at the front of the text, as in RCPT TO.
     *
     * @param postmasterDomain the domain of {@code <Postmaster>}, which needs none (RFC 5321 section 4.5.1)
     */
    public AddressResult<Mailbox> forwardPath(String text, String postmasterDomain) {
        if (text.regionMatches(true, 0, "<postmaster>", 0, 12)) {
            return new Good<>(new Mailbox(text.substring(1, 11), postmasterDomain), text.substring(12));
        }
        if (text.startsWith("<>")) {
            return bad("expected a recipient, found the null path <>");
        }
        return path(text);
    }

    private AddressResult<Mailbox> path(String text) {
        if (!text.startsWith("<")) {
            return bad("expected '<' before the address");
        }
        var inner = text.substring(1);
        if (inner.startsWith("@")) {
            var route = afterSourceRoute(inner);
            if (route instanceof Bad<String>(var problem, var why)) {
                return new Bad<>(problem, why);
            }
            inner = ((Good<String>) route).rest();
        }
        return switch (leadingMailbox(inner)) {
            case Bad<Mailbox> bad -> bad;
            case Good<Mailbox>(_, var rest) when !rest.startsWith(">") -> bad("expected '>' after the address");
            case Good<Mailbox>(_, var rest) when octets(text) - octets(rest.substring(1)) > MAX_PATH ->
                bad("a path is at most " + MAX_PATH + " octets long");
            case Good<Mailbox>(var mailbox, var rest) -> new Good<>(mailbox, rest.substring(1));
        };
    }

    /** Source routes are read and dropped (RFC 5321 appendix C): {@code @one,@two:user@three} is {@code user@three}. */
    private AddressResult<String> afterSourceRoute(String text) {
        var colon = text.indexOf(':');
        if (colon < 0) {
            return bad("expected ':' after the source route");
        }
        for (var hop : List.of(text.substring(0, colon).split(",", -1))) {
            if (!hop.startsWith("@")) {
                return bad("expected '@domain' in the source route, found '" + hop + "'");
            }
            if (DomainName.parse(hop.substring(1), smtpUtf8) instanceof Bad<String> bad) {
                return bad;
            }
        }
        return new Good<>("", text.substring(colon + 1));
    }

    private AddressResult<Mailbox> leadingMailbox(String text) {
        var local = text.startsWith("\"") ? quotedString(text) : dotString(text);
        return switch (local) {
            case Bad<String>(var problem, var why) -> new Bad<>(problem, why);
            case Good<String>(var part, _) when octets(part) > MAX_LOCAL_PART ->
                bad("a local part is at most " + MAX_LOCAL_PART + " octets long");
            case Good<String>(_, var rest) when !rest.startsWith("@") ->
                bad("expected '@' and a domain after the local part" + found(rest));
            case Good<String>(var part, var rest) -> withDomain(part, rest.substring(1));
        };
    }

    private AddressResult<Mailbox> withDomain(String localPart, String text) {
        var end = domainEnd(text);
        var domain = text.startsWith("[") ? AddressLiteral.canonical(text.substring(0, end))
            : DomainName.parse(text.substring(0, end), smtpUtf8);
        return switch (domain) {
            case Bad<String>(var problem, var why) -> new Bad<>(problem, why);
            case Good<String>(var name, _) -> new Good<>(new Mailbox(localPart, name), text.substring(end));
        };
    }

    private static int domainEnd(String text) {
        if (text.startsWith("[")) {
            var bracket = text.indexOf(']');
            return bracket < 0 ? text.length() : bracket + 1;
        }
        var end = 0;
        while (end < text.length() && "> \t,;:\"()<@[]\\".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return end;
    }

    private AddressResult<String> dotString(String text) {
        var end = 0;
        var afterDot = true;
        while (end < text.length()) {
            var c = text.charAt(end);
            if (c == '.') {
                if (afterDot) {
                    return bad("a local part has no empty atom: dots stand between other characters");
                }
            } else if (c >= 128 && !smtpUtf8) {
                return notAscii();
            } else if (!isAtext(c)) {
                break;
            }
            afterDot = c == '.';
            end++;
        }
        if (end == 0) {
            return bad("expected a local part" + found(text));
        }
        if (afterDot) {
            return bad("a local part does not end with a dot");
        }
        return new Good<>(text.substring(0, end), text.substring(end));
    }

    private AddressResult<String> quotedString(String text) {
        var meant = new StringBuilder();
        for (var i = 1; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c == '"') {
                return meant.isEmpty() ? bad("the quoted local part is empty")
                    : new Good<>(meant.toString(), text.substring(i + 1));
            }
            if (c == '\\') {
                i++;
                // A backslash stands before printable ASCII only (RFC 5321 section 4.1.2, quoted-pairSMTP).
                if (i == text.length() || text.charAt(i) < ' ' || text.charAt(i) > '~') {
                    return bad("a backslash in a quoted local part stands before a printable character");
                }
            } else if (c >= 128 && !smtpUtf8) {
                return notAscii();
            } else if (isControl(c)) {
                return bad("a local part has no control characters");
            }
            meant.append(text.charAt(i));
        }
        return bad("the quoted local part has no closing quote");
    }

    private static boolean isAtext(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
            || ATEXT.indexOf(c) >= 0 || c >= 128 && !isControl(c);
    }

    /** C1 controls and line separators are no more fit for a log line than C0 controls are. */
    private static boolean isControl(char c) {
        return Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
    }

    private static int octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static String found(String rest) {
        return rest.isEmpty() ? ", found the end" : ", found '" + rest.charAt(0) + "'";
    }

    private static <T> AddressResult<T> bad(String why) {
        return new Bad<>(Problem.SYNTAX, why);
    }

    private static <T> AddressResult<T> notAscii() {
        return new Bad<>(Problem.NEEDS_SMTPUTF8, "an address that is not ASCII needs SMTPUTF8");
    }
}
