package org.posthorn.mailets.port;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What kind of failure a reply tells of: by its enhanced status (RFC 3463, RFC 7372), and where that says nothing in
 * particular, by the words that servers commonly use, and by its code.
 */
public enum BounceKind {
    /** There is no such mailbox. */
    NO_MAILBOX(Nature.HARD),
    /** There is no such domain, or it takes no mail. */
    NO_DOMAIN(Nature.HARD),
    /** The mailbox is there, but switched off. */
    DISABLED(Nature.HARD),
    /** Servers pass it on to each other in a circle. */
    LOOP(Nature.HARD),
    /** The mailbox has no room. */
    FULL(Nature.SOFT),
    /** No host could be reached, or the connection broke. */
    UNREACHABLE(Nature.SOFT),
    /** Tried until its time was over. */
    EXPIRED(Nature.SOFT),
    /** Too much at once, or too soon. */
    THROTTLED(Nature.SOFT),
    /** The far side, or we, are out of order. */
    OUT_OF_ORDER(Nature.SOFT),
    /** Not wanted from us, or from this sender. */
    POLICY(Nature.POLICY),
    /** Taken for spam, or from a host on a blocklist. */
    SPAM(Nature.POLICY),
    /** SPF, DKIM, DMARC or reverse DNS say no. */
    AUTHENTICATION(Nature.POLICY),
    /** The message is too large. */
    TOO_LARGE(Nature.MESSAGE),
    /** What is in the message cannot be taken there. */
    CONTENT(Nature.MESSAGE),
    /** Something else. */
    OTHER(Nature.OTHER);

    /** What it means for the next message to the same recipient. */
    public enum Nature {
        /** It will fail in the same way. */
        HARD,
        /** It may do. */
        SOFT,
        /** It depends on who sends, and what they are known for. */
        POLICY,
        /** It depends on the message. */
        MESSAGE,
        /** Nobody knows. */
        OTHER;

        /** In lower case. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private record Words(Pattern pattern, BounceKind kind) {
        static Words of(String words, BounceKind kind) {
            return new Words(Pattern.compile(words, Pattern.CASE_INSENSITIVE), kind);
        }
    }

    /** Behind a code, or alone at the beginning or the end: elsewhere it may be a part of an address or a version. */
    private static final Pattern STATUS = Pattern.compile("(?:(?<![0-9.])[245][0-9]{2}[ -]|^|\\s(?=[0-9.]+$))[#(\\[]?"
        + "[245]\\.([0-9]{1,3})\\.([0-9]{1,3})(?![0-9]|\\.[0-9])");
    private static final int LONGEST = 2000;    // characters that are looked at
    private static final List<Words> COMMON = List.of(
        Words.of("quota|mailbox (is |size )?(full|limit)|(insufficient|not enough|exceeded) .{0,20}storage"
            + "|out of space", FULL),
        Words.of("greylist|graylist|rate.?limit|throttl|too many (connections|messages|mails|recipients)|unusual rate"
            + "|temporarily deferred|sending too (fast|much)", THROTTLED),
        Words.of("\\b(spf|dkim|dmarc)\\b|unauthenticated|reverse dns|\\bPTR\\b", AUTHENTICATION),
        Words.of("spam|block ?list|black ?list|deny ?list|\\brbl\\b|dnsbl|reputation|junk|listed (at|by|in|on) ", SPAM),
        Words.of("(user|account|mailbox|address|recipient) .{0,30}(disabled|inactive|suspended|deactivated|locked)",
            DISABLED),
        Words.of("(user|mailbox|recipient|address|account|alias).{0,60}"
            + "(unknown|not found|not exist|n't exist|unavailable|invalid|no longer|not known|undeliverable)"
            + "|(unknown|no such|invalid|nonexistent|not a valid) .{0,20}"
            + "(user|mailbox|recipient|address|person|account)",
            NO_MAILBOX),
        Words.of("too (large|big|long)|(size|length) .{0,20}(exceed|limit)|exceeds .{0,30}size", TOO_LARGE),
        Words.of("relay|not permitted|not allowed|not authori[sz]ed|access denied|policy|prohibited", POLICY));

    private final Nature nature;

    BounceKind(Nature nature) {
        this.nature = nature;
    }

    /** What it means for the next message. */
    public Nature nature() {
        return nature;
    }

    /** In lower case, with hyphens: {@code no-mailbox}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Reads {@link #word}; {@link #OTHER} for anything else. */
    public static BounceKind read(String word) {
        for (var kind : values()) {
            if (kind.word().equals(word)) {
                return kind;
            }
        }
        return OTHER;
    }

    /**
     * The kind of a reply.
     *
     * @param reply such as {@code 550 5.1.1 No such user}, with or without code and status
     */
    public static BounceKind of(String reply) {
        var text = reply.length() > LONGEST ? reply.substring(0, LONGEST) : reply;
        var status = STATUS.matcher(text);
        var found = status.find() ? byStatus(Integer.parseInt(status.group(1)), Integer.parseInt(status.group(2)))
            : OTHER;
        // 5.7.1 and 5.0.0 are said of anything; the words know better.
        if (found != OTHER && found != POLICY) {
            return found;
        }
        for (var words : COMMON) {
            if (words.pattern.matcher(text).find()) {
                return words.kind;
            }
        }
        return found != OTHER ? found : text.startsWith("552") ? FULL : text.startsWith("421") ? OUT_OF_ORDER : OTHER;
    }

    private static BounceKind byStatus(int subject, int detail) {
        return switch (subject) {
            case 1 -> switch (detail) {
                case 1, 3, 4, 6 -> NO_MAILBOX;
                case 2, 10 -> NO_DOMAIN;
                case 7, 8, 9 -> POLICY;
                default -> OTHER;
            };
            case 2 -> switch (detail) {
                case 1 -> DISABLED;
                case 2 -> FULL;
                case 3 -> TOO_LARGE;
                default -> OTHER;
            };
            case 3 -> switch (detail) {
                case 1, 2, 5 -> OUT_OF_ORDER;
                case 4 -> TOO_LARGE;
                default -> OTHER;
            };
            case 4 -> switch (detail) {
                case 4 -> NO_DOMAIN;
                case 6 -> LOOP;
                case 7 -> EXPIRED;
                case 5 -> OUT_OF_ORDER;
                default -> UNREACHABLE;
            };
            case 6 -> CONTENT;
            case 7 -> detail >= 20 && detail <= 26 ? AUTHENTICATION : detail == 28 ? THROTTLED : POLICY;
            default -> OTHER;
        };
    }
}
