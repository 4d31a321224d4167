package org.posthorn.server.delivery.lmtp;

import org.posthorn.protocols.client.TlsMode;
import org.posthorn.server.config.Section;
import org.posthorn.server.delivery.Reuse;
import org.posthorn.server.delivery.Timeouts;

/**
 * How mail stores are reached: {@code <lmtp>} in {@code conf/delivery.xml}.
 *
 * @param hostname our name in LHLO
 * @param recipients per transaction at most; default 100
 * @param concurrency jobs, and so connections, at once for one store; default 20
 * @param detail what stands before a subaddress in the names that the store hears; default {@code +}, empty to leave
 *     subaddresses out
 * @param reuse how long connections are kept
 * @param connection how connections are made
 */
public record LmtpConfig(String hostname, int recipients, int concurrency, String detail, Reuse reuse,
                         Connection connection) {

    private static final String DELIMITERS = "+-=_#~!%&$*/?^|";

    /**
     * How connections are made.
     *
     * @param tls what to do about STARTTLS where the store is reached by TCP; default never. With required its
     *     certificate must be one that the JDK's trust store vouches for
     */
    public record Connection(TlsMode tls, Timeouts timeouts) {
    }

    /** The defaults for a host. */
    public static LmtpConfig of(String hostname) {
        return new LmtpConfig(hostname, 100, 20, "+", Reuse.STORES,
            new Connection(TlsMode.NEVER, Timeouts.DEFAULT));
    }

    /**
     * Reads {@code <lmtp>}; mistakes become problems of the section.
     *
     * @param hostname the server's name, which stands elsewhere
     */
    public static LmtpConfig read(Section section, String hostname) {
        var usual = of(hostname);
        return new LmtpConfig(hostname, section.integer("recipients", usual.recipients, 1, 10_000),
            section.integer("concurrency", usual.concurrency, 1, 10_000),
            section.value("subaddress-delimiter", usual.detail, LmtpConfig::delimiter),
            Reuse.read(section, Reuse.STORES),
            new Connection(section.choice("tls", usual.connection.tls),
                Timeouts.read(section.childOrEmpty("timeouts"))));
    }

    private static String delimiter(String written) {
        if (written.isEmpty() || written.length() == 1 && DELIMITERS.contains(written)) {
            return written;
        }
        throw new IllegalArgumentException("expected one of the characters " + DELIMITERS
            + ", or nothing to leave subaddresses out");
    }
}
