package org.posthorn.server.delivery.tls;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The server's certificate or key is named by a record (DANE-EE: neither its names nor its dates count, RFC 7672
 * section 3.1.1), or an authority above it is (DANE-TA: both count, section 3.1.2).
 */
record DaneProof(TlsPolicy.Dane policy) implements Proof {

    private static final String SERVER = "1.3.6.1.5.5.7.3.1";       // id-kp-serverAuth
    private static final String ANY = "2.5.29.37.0";                // anyExtendedKeyUsage

    @Override public void check(X509Certificate[] chain, String type) throws CertificateException {
        try {
            for (var record : policy.records()) {
                if (record.usage() == TlsaRecords.END_ENTITY && TlsaRecords.names(record, chain[0])) {
                    return;
                }
            }
            checkAuthority(chain, anchors(chain));
        } catch (CertificateException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new CertificateException("the certificate cannot be checked: " + e.getMessage(), e);
        }
    }

    /** What records name above the server's certificate, whether the server sent it or the record is all of it. */
    private Set<TrustAnchor> anchors(X509Certificate[] chain) throws GeneralSecurityException {
        var anchors = new HashSet<TrustAnchor>();
        for (var record : policy.records()) {
            if (record.usage() == TlsaRecords.AUTHORITY) {
                for (var i = 1; i < chain.length; i++) {
                    if (TlsaRecords.names(record, chain[i])) {
                        anchors.add(new TrustAnchor(chain[i], null));
                    }
                }
                TlsaRecords.certificate(record).ifPresent(whole -> anchors.add(new TrustAnchor(whole, null)));
            }
        }
        return anchors;
    }

    private void checkAuthority(X509Certificate[] chain, Set<TrustAnchor> anchors) throws GeneralSecurityException {
        if (anchors.isEmpty()) {
            throw new Unverified(Shortcoming.Type.CERTIFICATE_NOT_TRUSTED,
                "no TLSA record names what the server shows");
        }
        try {
            chain[0].checkValidity();
        } catch (CertificateExpiredException e) {
            throw new Unverified(Shortcoming.Type.CERTIFICATE_EXPIRED,
                "the certificate has expired: " + e.getMessage());
        }
        var leaf = new X509CertSelector();
        leaf.setCertificate(chain[0]);
        var parameters = new PKIXBuilderParameters(anchors, leaf);
        parameters.setRevocationEnabled(false);
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(List.of(chain))));
        try {
            CertPathBuilder.getInstance("PKIX").build(parameters);
        } catch (CertPathBuilderException e) {
            throw new Unverified(Shortcoming.Type.CERTIFICATE_NOT_TRUSTED,
                "no chain leads to an authority that TLSA records name: " + e.getMessage());
        }
        var uses = chain[0].getExtendedKeyUsage();
        if (uses != null && !uses.contains(SERVER) && !uses.contains(ANY)) {
            throw new Unverified(Shortcoming.Type.VALIDATION_FAILURE, "the certificate is not one for servers");
        }
        if (!CertificateNames.of(chain[0]).isForAny(policy.names())) {
            throw new Unverified(Shortcoming.Type.CERTIFICATE_HOST_MISMATCH,
                "the certificate is for none of " + String.join(", ", policy.names()));
        }
    }
}
