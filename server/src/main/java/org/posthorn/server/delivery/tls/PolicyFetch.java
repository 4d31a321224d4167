package org.posthorn.server.delivery.tls;

/** Gets MTA-STS policies (RFC 8461 section 3.3). Thread-safe. */
interface PolicyFetch {

    /** A policy, or why there is none. */
    sealed interface Fetched {

        record Got(StsPolicy policy) implements Fetched {
        }

        record Failed(Shortcoming why) implements Fetched {
        }
    }

    /** The domain's, within a bounded time. */
    Fetched fetch(String domain);
}
