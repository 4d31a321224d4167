package org.posthorn.server.delivery.tls;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.posthorn.server.dns.SecureDns.Tlsa;

/** Reads TLSA records: which of them can be used for mail, and what they name (RFC 6698, 7671, 7672). */
final class TlsaRecords {

    static final int AUTHORITY = 2;     // DANE-TA
    static final int END_ENTITY = 3;    // DANE-EE
    private static final int FULL = 0;
    private static final int SHA_256 = 1;
    private static final int SHA_512 = 2;
    private static final int CERTIFICATE = 0;
    private static final int PUBLIC_KEY = 1;

    private TlsaRecords() {
    }

    /**
     * Those that can be used: not the usages 0 and 1 (RFC 7672 section 3.1.3), nothing unknown or malformed. Of the
     * digests of one usage and selector only the strongest kind (RFC 7671 section 9).
     */
    static List<Tlsa> usable(List<Tlsa> all) {
        var good = all.stream().filter(TlsaRecords::isUsable).toList();
        return good.stream().filter(one -> one.matching() != SHA_256 || good.stream().noneMatch(
            other -> other.matching() == SHA_512 && other.usage() == one.usage()
                && other.selector() == one.selector())).toList();
    }

    private static boolean isUsable(Tlsa record) {
        var known = (record.usage() == AUTHORITY || record.usage() == END_ENTITY)
            && (record.selector() == CERTIFICATE || record.selector() == PUBLIC_KEY);
        return known && switch (record.matching()) {
            case FULL -> record.selector() == PUBLIC_KEY ? !record.data().isEmpty() : certificate(record).isPresent();
            case SHA_256 -> record.data().length() == 64;
            case SHA_512 -> record.data().length() == 128;
            default -> false;
        };
    }

    /** The certificate that stands in a record as a whole. */
    static Optional<X509Certificate> certificate(Tlsa record) {
        if (record.matching() != FULL || record.selector() != CERTIFICATE) {
            return Optional.empty();
        }
        try {
            return Optional.of((X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(
                new ByteArrayInputStream(HexFormat.of().parseHex(record.data()))));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    /** Whether the record names this certificate. */
    static boolean names(Tlsa record, X509Certificate certificate) throws GeneralSecurityException {
        var octets = record.selector() == PUBLIC_KEY ? certificate.getPublicKey().getEncoded()
            : certificate.getEncoded();
        var wanted = HexFormat.of().parseHex(record.data());
        return MessageDigest.isEqual(wanted, switch (record.matching()) {
            case SHA_256 -> MessageDigest.getInstance("SHA-256").digest(octets);
            case SHA_512 -> MessageDigest.getInstance("SHA-512").digest(octets);
            default -> octets;
        });
    }
}
