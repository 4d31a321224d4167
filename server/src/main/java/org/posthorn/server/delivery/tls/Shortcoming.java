package org.posthorn.server.delivery.tls;

/**
 * Why a connection was not as the domain wants it (RFC 8460 section 4.3).
 *
 * @param type as reports name it
 * @param why in words
 */
public record Shortcoming(Type type, String why) {

    /** The result types of RFC 8460 section 4.3. */
    public enum Type {
        STARTTLS_NOT_SUPPORTED, CERTIFICATE_HOST_MISMATCH, CERTIFICATE_EXPIRED, CERTIFICATE_NOT_TRUSTED,
        VALIDATION_FAILURE, TLSA_INVALID, DNSSEC_INVALID, DANE_REQUIRED, STS_POLICY_FETCH_ERROR, STS_POLICY_INVALID,
        STS_WEBPKI_INVALID;

        /** The word of the report, such as {@code starttls-not-supported}. */
        String word() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }
}
