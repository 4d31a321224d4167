package org.posthorn.server.listen;

import java.net.InetAddress;
import org.posthorn.server.config.Section;
import org.posthorn.server.intake.Replies;

/**
 * One listener.
 *
 * @param name as it stands in logs and is seen by the policy
 * @param protocol what it speaks; ODMR hands out mail and takes none
 * @param bind the address it listens on
 * @param port 0 takes any free one
 * @param tls when the session goes to TLS
 * @param auth whether clients may or must authenticate
 * @param certificates whether clients are asked for a certificate; relay.xml says what a certificate allows
 * @param replies what an LMTP client hears of each recipient: what became of it, by default, or that it is queued
 * @param etrn whether queues are started by ETRN here; by default they are, but never over LMTP
 * @param spokesmen who is believed about the client; an SMTP listener also believes those that all of them do
 */
public record ListenerConfig(String name, Protocol protocol, InetAddress bind, int port, Tls tls, Auth auth,
                             ClientCertificates certificates, Replies replies, boolean etrn, Spokesmen spokesmen) {

    private static final int LMTP_FORBIDDEN_PORT = 25;   // RFC 2033 section 5

    /** What a listener speaks. */
    public enum Protocol { SMTP, LMTP, ODMR }

    /** When a session goes to TLS: never, when the client asks, or from its first octet. */
    public enum Tls { NONE, STARTTLS, IMPLICIT }

    /** AUTH: not offered, offered under TLS, or demanded before MAIL. */
    public enum Auth { NONE, OFFERED, REQUIRED }

    /**
     * Whether a client is asked for a certificate in the handshake. None is ever required: other mail servers have none
     * to show, and who shows none is served as every stranger.
     */
    public enum ClientCertificates { NONE, OFFERED }

    /**
     * Reads {@code <listener>}.
     *
     * @param common whom every SMTP listener believes. LMTP listeners do not: what is local comes by no proxy
     */
    static ListenerConfig read(Section listener, boolean hasCertificate, Spokesmen common) {
        var protocol = listener.choice("protocol", Protocol.SMTP);
        var config = new ListenerConfig(
            listener.value("name", "unnamed", ListenerConfig::name),
            protocol,
            listener.value("bind", InetAddress.getLoopbackAddress(), ListenerConfig::address),
            listener.integer("port", 0, 0, 65535),
            listener.choice("tls", hasCertificate ? Tls.STARTTLS : Tls.NONE),
            listener.choice("auth", protocol == Protocol.ODMR ? Auth.REQUIRED : Auth.NONE),
            listener.choice("client-certificates", ClientCertificates.NONE),
            listener.choice("replies", Replies.DELIVERED),
            listener.flag("etrn", protocol == Protocol.SMTP),
            Spokesmen.read(listener).and(protocol == Protocol.LMTP ? Spokesmen.NONE : common));
        config.complaints(hasCertificate, listener);
        return config;
    }

    /** Whether both would listen on the same port of the same address. */
    boolean isInTheWayOf(ListenerConfig other) {
        return port != 0 && port == other.port
            && (bind.equals(other.bind) || bind.isAnyLocalAddress() || other.bind.isAnyLocalAddress());
    }

    private void complaints(boolean hasCertificate, Section listener) {
        if (protocol == Protocol.LMTP && port == LMTP_FORBIDDEN_PORT) {
            listener.problem("LMTP must not use port 25, where other servers expect SMTP (RFC 2033 section 5);"
                + " choose another, such as 2424");
        }
        if (protocol == Protocol.ODMR && auth == Auth.NONE) {
            listener.problem("auth=\"none\" is not for protocol=\"odmr\": mail is handed to those alone who have logged"
                + " in (RFC 2645 section 5.2.1)");
        }
        if (protocol != Protocol.LMTP && replies != Replies.DELIVERED) {
            listener.problem("replies is for protocol=\"lmtp\": a message that comes otherwise is always queued");
        }
        if (protocol != Protocol.SMTP && etrn) {
            listener.problem("etrn is for protocol=\"smtp\"");
        }
        if (!hasCertificate && tls != Tls.NONE) {
            listener.problem("tls=\"" + (tls == Tls.IMPLICIT ? "implicit" : "starttls")
                + "\" needs <tls certificate=\"...\" key=\"...\"/>");
        }
        if (tls == Tls.NONE && certificates != ClientCertificates.NONE) {
            listener.problem("client-certificates needs tls=\"starttls\" or \"implicit\"");
        }
        if (tls == Tls.NONE && auth != Auth.NONE) {
            listener.problem("auth needs tls=\"starttls\" or \"implicit\": AUTH is only offered under TLS");
        }
    }

    private static String name(String text) {
        if (!text.matches("[a-z][a-z0-9-]{0,30}")) {
            throw new IllegalArgumentException("expected a short name in lower case, such as smtp");
        }
        return text;
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("expected an IP address such as 0.0.0.0 or 127.0.0.1", e);
        }
    }
}
