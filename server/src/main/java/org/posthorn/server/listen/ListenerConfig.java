package org.posthorn.server.listen;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.posthorn.server.config.Section;

/**
 * One listener.
 *
 * @param name as it stands in logs and is seen by the policy
 * @param protocol what it speaks
 * @param bind the address it listens on
 * @param port 0 takes any free one
 * @param tls when the session goes to TLS
 * @param auth whether clients may or must authenticate
 */
public record ListenerConfig(String name, Protocol protocol, InetAddress bind, int port, Tls tls, Auth auth) {

    /** What a listener speaks. */
    public enum Protocol { SMTP, LMTP }

    /** When a session goes to TLS: never, when the client asks, or from its first octet. */
    public enum Tls { NONE, STARTTLS, IMPLICIT }

    /** AUTH: not offered, offered under TLS, or demanded before MAIL. */
    public enum Auth { NONE, OFFERED, REQUIRED }

    static ListenerConfig read(Section listener) {
        return new ListenerConfig(
            listener.value("name", "", ListenerConfig::name),
            listener.choice("protocol", Protocol.SMTP),
            listener.value("bind", InetAddress.getLoopbackAddress(), ListenerConfig::address),
            listener.integer("port", 0, 0, 65535),
            listener.choice("tls", Tls.STARTTLS),
            listener.choice("auth", Auth.NONE));
    }

    private static String name(String text) {
        if (!text.matches("[a-z][a-z0-9-]{0,30}")) {
            throw new IllegalArgumentException("expected a short name in lower case, such as smtp");
        }
        return text;
    }

    private static InetAddress address(String text) {
        try {
            if (text.matches("[0-9.]+|\\[?[0-9A-Fa-f:.]+]?")) {
                return InetAddress.getByName(text);   // a literal: nothing is looked up
            }
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("expected an IP address", e);
        }
        throw new IllegalArgumentException("expected an IP address such as 0.0.0.0 or 127.0.0.1");
    }
}
