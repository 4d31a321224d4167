package org.posthorn.protocols.smtp;

/**
 * What MAIL FROM said beside the path.
 *
 * @param size SIZE in octets (RFC 1870); -1 when not given
 * @param body BODY (RFC 6152, RFC 3030)
 * @param smtpUtf8 whether SMTPUTF8 was given (RFC 6531)
 * @param ret RET (RFC 3461 section 4.3)
 * @param envelopeId ENVID as xtext, undecoded (RFC 3461 section 4.4); empty when not given
 * @param handling what was asked of the queue
 */
public record MailParameters(long size, Body body, boolean smtpUtf8, Ret ret, String envelopeId,
                             Handling handling) {

    /** No parameters given. */
    public static final MailParameters NONE = new MailParameters(-1, Body.SEVEN_BIT, false, Ret.UNSPECIFIED, "");

    /** Nothing is asked of the queue. */
    public MailParameters(long size, Body body, boolean smtpUtf8, Ret ret, String envelopeId) {
        this(size, body, smtpUtf8, ret, envelopeId, Handling.NONE);
    }

    /** The same, handled otherwise. */
    public MailParameters with(Handling other) {
        return new MailParameters(size, body, smtpUtf8, ret, envelopeId, other);
    }

    /** What octets the body may hold. */
    public enum Body {
        SEVEN_BIT("7BIT"), EIGHT_BIT_MIME("8BITMIME"), BINARY_MIME("BINARYMIME");

        private final String keyword;

        Body(String keyword) {
            this.keyword = keyword;
        }

        /** The word after {@code BODY=}. */
        public String keyword() {
            return keyword;
        }
    }

    /** How much of the message a failure report shall bring back. */
    public enum Ret { UNSPECIFIED, FULL, HDRS }
}
