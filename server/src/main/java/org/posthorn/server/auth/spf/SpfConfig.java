package org.posthorn.server.auth.spf;

import java.time.Duration;
import org.posthorn.server.config.Section;

/**
 * The limits of a check that may be set: {@code <spf>} in {@code conf/auth.xml}.
 *
 * @param voidLookups how many terms may lead to nothing in the DNS before it is {@code permerror}; RFC 7208 section
 *     4.6.4 recommends 2
 * @param timeout when a check ends as {@code temperror}; section 4.6.4 asks for 20 seconds at least
 * @param receiver our own name, for the macro {@code %{r}} and the header fields
 */
public record SpfConfig(int voidLookups, Duration timeout, String receiver) {

    private static final int VOID_LOOKUPS = 2;
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration LONGEST = Duration.ofMinutes(4);   // a client waits five for the reply to RCPT

    /** Checks the bounds. */
    public SpfConfig {
        if (voidLookups < 0 || timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("the limits of SPF are not negative, and its timeout is above zero");
        }
    }

    /** The recommended limits. */
    public static SpfConfig of(String receiver) {
        return new SpfConfig(VOID_LOOKUPS, TIMEOUT, receiver);
    }

    /** Reads {@code <spf>}; mistakes become problems of the section. */
    public static SpfConfig read(Section spf, String receiver) {
        var timeout = spf.duration("timeout", TIMEOUT);
        if (timeout.compareTo(Duration.ofSeconds(1)) < 0 || timeout.compareTo(LONGEST) > 0) {
            spf.problem("timeout: expected 1 s to 4 m, as a client waits for the answer; the default is 20 s");
            timeout = TIMEOUT;
        }
        return new SpfConfig(spf.integer("void-lookups", VOID_LOOKUPS, 0, 10), timeout, receiver);
    }
}
