package org.posthorn.server.dns;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.dnssec.ValidatingResolver;

/**
 * Where signatures are checked from: DS or DNSKEY records, as in a zone file.
 *
 * @param file in whose place the root's own keys of 2017 and 2024 stand where it is empty
 */
record TrustAnchors(Optional<Path> file) {

    /** The digests of IANA's root-anchors.xml, key tags 20326 and 38696. */
    private static final String ROOT = """
        . IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D
        . IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16
        """;

    /** One that checks what this resolver says. */
    ValidatingResolver over(SimpleResolver resolver, Duration timeout) throws IOException {
        var validating = new ValidatingResolver(resolver);
        validating.setTimeout(timeout);
        validating.setAddReasonToAdditional(false);
        try (var records = open()) {
            validating.loadTrustAnchors(records);
        }
        return validating;
    }

    private InputStream open() throws IOException {
        return file.isPresent() ? Files.newInputStream(file.get())
            : new ByteArrayInputStream(ROOT.getBytes(StandardCharsets.US_ASCII));
    }
}
