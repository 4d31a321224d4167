package org.posthorn.server.delivery;

import java.nio.file.Path;
import org.posthorn.server.config.Section;
import org.posthorn.server.delivery.lmtp.LmtpConfig;
import org.posthorn.server.delivery.local.LocalConfig;
import org.posthorn.server.delivery.remote.RemoteConfig;
import org.posthorn.server.delivery.tls.TlsConfig;

/**
 * How mail is delivered: {@code conf/delivery.xml}.
 *
 * @param retry when to try again, when to give up
 * @param limits how much at once
 * @param local mailboxes here
 * @param lmtp mail stores
 * @param remote other hosts
 * @param tls how well the way to them is protected
 */
public record DeliveryConfig(RetryConfig retry, Limits limits, LocalConfig local, LmtpConfig lmtp,
                             RemoteConfig remote, TlsConfig tls) {

    /**
     * Reads {@code <delivery>}; mistakes become problems of the section.
     *
     * @param home the server's home, below which mailboxes lie
     * @param hostname the server's name, which stands elsewhere
     */
    public static DeliveryConfig read(Section section, Path home, String hostname) {
        return new DeliveryConfig(RetryConfig.read(section.childOrEmpty("retry")),
            Limits.read(section.childOrEmpty("limits")),
            LocalConfig.read(section.childOrEmpty("local"), home, hostname),
            LmtpConfig.read(section.childOrEmpty("lmtp"), hostname), RemoteConfig.read(section, home, hostname),
            TlsConfig.read(section.childOrEmpty("tls"), hostname, home));
    }
}
