package org.posthorn.server.delivery.remote;

import java.io.IOException;
import org.posthorn.protocols.client.Credentials;
import org.posthorn.server.config.SecretFile;

/**
 * As whom we log in at a smart host.
 *
 * @param password read for each connection: it may be changed while the server runs
 * @param how by which mechanism
 * @param inClear whether that may be done without TLS
 */
public record Login(String user, SecretFile password, Credentials.How how, boolean inClear) {

    /**
     * With the password of now.
     *
     * @throws IOException when it cannot be had; says why
     */
    Credentials credentials() throws IOException {
        return new Credentials(user, password.read(), how, inClear);
    }
}
