package org.posthorn.server.auth.spf;

import java.util.Locale;

/** What the check of a host came to (RFC 7208 section 2.6). */
public enum SpfResult {

    /** There is no record, or no name that could have one. */
    NONE,
    /** The domain says nothing about this host. */
    NEUTRAL,
    /** The host may send for the domain. */
    PASS,
    /** The host may not. */
    FAIL,
    /** The host probably may not. */
    SOFTFAIL,
    /** We do not know now: the DNS failed, or it took too long. */
    TEMPERROR,
    /** The domain's records are wrong. */
    PERMERROR;

    /** As the header fields write it: in lower case. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
