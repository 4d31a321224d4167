package org.posthorn.server.auth;

import org.posthorn.server.auth.spf.SpfConfig;
import org.posthorn.server.config.Section;

/**
 * How senders are checked: {@code conf/auth.xml}.
 *
 * @param spf the limits of an SPF check
 */
public record AuthConfig(SpfConfig spf) {

    /** The defaults of a server with this name. */
    public static AuthConfig of(String hostname) {
        return new AuthConfig(SpfConfig.of(hostname));
    }

    /** Reads {@code <auth>}; mistakes become problems of the section. */
    public static AuthConfig read(Section auth, String hostname) {
        return new AuthConfig(SpfConfig.read(auth.childOrEmpty("spf"), hostname));
    }
}
