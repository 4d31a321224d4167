package org.posthorn.server.delivery.tls;

import java.io.IOException;
import java.net.URI;

/** Hands reports in by HTTPS (RFC 8460 section 5.4). Thread-safe. */
interface ReportPost {

    /**
     * Posts a compressed report.
     *
     * @throws IOException when it was not taken; it may be tried again
     */
    void post(URI to, byte[] report) throws IOException;
}
