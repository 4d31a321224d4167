package org.posthorn.protocols.net;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** A certificate made for one test run, and a client that trusts every one. */
public final class TestCertificate {

    private static final char[] PASSWORD = "changeit".toCharArray();

    private TestCertificate() {
    }

    /** A server's context with a new certificate for {@code mx.example.org}. */
    public static SSLContext server(Path directory) throws IOException, GeneralSecurityException, InterruptedException {
        var file = directory.resolve("keys.p12");
        var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        var process = new ProcessBuilder(keytool, "-genkeypair", "-alias", "mx", "-keyalg", "EC", "-groupname",
            "secp256r1", "-dname", "CN=mx.example.org", "-ext", "san=dns:mx.example.org", "-validity", "2", "-keystore",
            file.toString(), "-storetype", "PKCS12", "-storepass", new String(PASSWORD))
            .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        if (process.waitFor() != 0) {
            throw new IOException("keytool ended with " + process.exitValue());
        }
        var keys = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), new TrustManager[0], new SecureRandom());
        return context;
    }

    /** A client's context. */
    public static SSLContext client() throws GeneralSecurityException {
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustsAll()}, new SecureRandom());
        return context;
    }

    private static final class TrustsAll extends X509ExtendedTrustManager {

        @Override public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
        }

        @Override public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
        }

        @Override public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
        }

        @Override public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
        }

        @Override public void checkClientTrusted(X509Certificate[] chain, String type) {
        }

        @Override public void checkServerTrusted(X509Certificate[] chain, String type) {
        }

        @Override public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
