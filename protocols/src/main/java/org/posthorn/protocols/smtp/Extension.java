package org.posthorn.protocols.smtp;

/** A service extension that a server may offer, by its EHLO keyword. */
public enum Extension {
    /** RFC 2920. */
    PIPELINING("PIPELINING"),
    /** RFC 1870. */
    SIZE("SIZE"),
    /** RFC 6152. */
    EIGHT_BIT_MIME("8BITMIME"),
    /** RFC 6531. */
    SMTPUTF8("SMTPUTF8"),
    /** RFC 3030 section 2: the command BDAT. */
    CHUNKING("CHUNKING"),
    /** RFC 3030 section 3; needs {@link #CHUNKING}. */
    BINARYMIME("BINARYMIME"),
    /** RFC 2034. */
    ENHANCED_STATUS_CODES("ENHANCEDSTATUSCODES"),
    /** RFC 9422. */
    LIMITS("LIMITS"),
    /** RFC 3461. */
    DSN("DSN"),
    /** RFC 4865; offered to clients that logged in. */
    FUTURERELEASE("FUTURERELEASE"),
    /** RFC 2852. */
    DELIVERBY("DELIVERBY"),
    /** RFC 6710; offered to clients that logged in. */
    MT_PRIORITY("MT-PRIORITY"),
    /** Postfix, {@code VERP_README}; offered to clients that logged in. */
    XVERP("XVERP"),
    /** RFC 1985; offered where the client may ask for a queue. */
    ETRN("ETRN"),
    /** RFC 2645; offered by listeners of that protocol alone. */
    ATRN("ATRN"),
    /** RFC 3207; offered while the wire is in the clear. */
    STARTTLS("STARTTLS"),
    /** RFC 8689; offered under TLS. */
    REQUIRETLS("REQUIRETLS"),
    /** RFC 4954; offered where passwords may be sent. */
    AUTH("AUTH"),
    /** Postfix, {@code XCLIENT_README}: offered to listed peers alone. */
    XCLIENT("XCLIENT"),
    /** RFC 5321 section 4.1.1.8. */
    HELP("HELP");

    private final String keyword;

    Extension(String keyword) {
        this.keyword = keyword;
    }

    /** The word that stands in the answer to EHLO. */
    public String keyword() {
        return keyword;
    }
}
