package org.posthorn.protocols.net;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;

/**
 * The certificate that a client showed, and whose key it holds: the handshake proves that. Who signed it, and until
 * when it is good, nobody has looked at: it is known by its fingerprint or not at all.
 *
 * @param fingerprint {@code sha256:} and 64 hexadecimal digits in lower case, over the certificate in DER
 * @param subject its distinguished name (RFC 2253)
 * @param names its alternative names that are DNS names or mail addresses; the client chose them
 */
public record ClientCertificate(String fingerprint, String subject, List<String> names) {

    private static final int MAIL_ADDRESS = 1;   // RFC 5280 section 4.2.1.6, GeneralName
    private static final int DNS_NAME = 2;

    /** Copies the list. */
    public ClientCertificate {
        names = List.copyOf(names);
    }

    /**
     * What is to be known of a certificate.
     *
     * @throws GeneralSecurityException when it cannot be read
     */
    static ClientCertificate of(X509Certificate certificate) throws GeneralSecurityException {
        var digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        var alternatives = certificate.getSubjectAlternativeNames();
        var names = alternatives == null ? List.<String>of() : alternatives.stream()
            .filter(name -> name.getFirst().equals(MAIL_ADDRESS) || name.getFirst().equals(DNS_NAME))
            .map(name -> String.valueOf(name.get(1))).toList();
        return new ClientCertificate("sha256:" + HexFormat.of().formatHex(digest),
            certificate.getSubjectX500Principal().getName(), names);
    }
}
