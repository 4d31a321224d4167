package org.posthorn.server.bounce;

import org.posthorn.server.config.Section;

/**
 * How reports are written: {@code conf/bounce.xml}.
 *
 * @param hostname our name, as Reporting-MTA and behind {@code MAILER-DAEMON@}
 * @param largestReturned messages up to this many octets come back whole when the sender asked for that by RET=FULL;
 *     of larger ones the header only; default 64 KiB
 * @param processor where a report begins its way through the pipeline; default {@code root}
 */
public record BounceConfig(String hostname, long largestReturned, String processor) {

    /** The defaults for a host. */
    public static BounceConfig of(String hostname) {
        return new BounceConfig(hostname, 64 << 10, "root");
    }

    /**
     * Reads {@code <bounce>}.
     *
     * @param hostname the server's name, which stands elsewhere
     */
    public static BounceConfig read(Section section, String hostname) {
        var defaults = of(hostname);
        return new BounceConfig(hostname, section.octets("largest-returned", defaults.largestReturned),
            section.string("processor", defaults.processor));
    }
}
