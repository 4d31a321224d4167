package org.posthorn.server.listen;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.posthorn.server.config.Section;

/**
 * The server's certificate.
 *
 * @param certificate PEM file with the chain, the server's own first
 * @param key PEM file with its private key, without a password
 */
public record CertificateFiles(Path certificate, Path key) {

    static CertificateFiles read(Section tls, Path home) {
        var files = new CertificateFiles(home.resolve(tls.required("certificate")), home.resolve(tls.required("key")));
        try {
            files.load();
        } catch (NoSuchFileException e) {
            tls.problem("there is no file " + e.getFile()
                + "; expected the certificate and its key in PEM form, relative to the home");
        } catch (AccessDeniedException e) {
            tls.problem(e.getFile() + " may not be read by this user; it must belong to the server's, with mode 600");
        } catch (IOException e) {
            tls.problem(String.valueOf(e.getMessage()));
        }
        return files;
    }

    /** A context with what the files hold now. */
    SSLContext load() throws IOException {
        return TlsContexts.load(certificate, key);
    }
}
