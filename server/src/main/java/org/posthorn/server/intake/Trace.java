package org.posthorn.server.intake;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.posthorn.protocols.mime.MailDate;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.Peer;
import org.posthorn.server.spool.QueueId;

/** The header fields that we write ourselves (RFC 5321 section 4.4, RFC 6409 section 8). */
final class Trace {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final int LONGEST_HELO = 255;        // characters
    /** The fields that a submitted message gets where it lacks them, in lower case. */
    static final Set<String> ADDED = Set.of("date", "message-id");
    private static final int LONGEST_PATH = 320;        // characters; a longer one is not worth a folded line

    private Trace() {
    }

    /**
     * The Received field, folded, with its CRLF. The client's greeting stands in it only where it looks like a name or
     * an address literal, its host name only where a listed peer said it; nothing that a client says can begin another
     * field.
     */
    static String received(String hostname, Peer peer, Envelope envelope, QueueId id, Instant now) {
        var literal = literal(peer.remote());
        var from = isName(peer.helo()) ? peer.helo() : literal;
        var name = peer.introduction().name().isEmpty() ? "" : peer.introduction().name() + " ";
        var field = new StringBuilder("Received: from ").append(from).append(" (").append(name).append(literal)
            .append(")\r\n\tby ").append(hostname).append(" with ")
            .append(peer.protocol(envelope.parameters().smtpUtf8()));
        peer.tls().filter(tls -> PLAIN.matcher(tls.protocol()).matches() && PLAIN.matcher(tls.cipherSuite()).matches())
            .ifPresent(tls -> field.append("\r\n\t(").append(tls.protocol()).append(' ').append(tls.cipherSuite())
                .append(')'));
        field.append(" id ").append(id);
        for (var path : forOne(envelope)) {
            field.append("\r\n\tfor <").append(path).append('>');
        }
        var priority = envelope.parameters().handling().priority();
        if (priority != 0) {
            field.append("\r\n\tPRIORITY ").append(priority);     // RFC 6710 section 4.4
        }
        return field.append(";\r\n\t").append(MailDate.of(now)).append("\r\n").toString();
    }

    /** A name or an address literal, near enough. For each message, and so without a regular expression. */
    private static boolean isName(String helo) {
        for (var i = 0; i < helo.length(); i++) {
            var c = helo.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "._:[]-".indexOf(c) >= 0)) {
                return false;
            }
        }
        return !helo.isEmpty() && helo.length() <= LONGEST_HELO;
    }

    /** The one recipient; none when there are more, who must not learn of each other (RFC 5321 section 7.6). */
    private static List<String> forOne(Envelope envelope) {
        if (envelope.recipients().size() != 1) {
            return List.of();
        }
        var mailbox = envelope.recipients().getFirst().mailbox();
        var path = mailbox.toString();
        var fits = path.length() <= LONGEST_PATH && !hasControl(path)
            && (mailbox.isAscii() || envelope.parameters().smtpUtf8());
        return fits ? List.of(path) : List.of();
    }

    private static boolean hasControl(String text) {
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c < ' ' || c == 127) {
                return true;
            }
        }
        return false;
    }

    /**
     * What a submitted message lacks.
     *
     * @param names the fields that it has, in lower case
     */
    static List<String> missing(Set<String> names, String hostname, QueueId id, Instant now) {
        var lines = new ArrayList<String>();
        if (!names.contains("date")) {
            lines.add("Date: " + MailDate.of(now));
        }
        if (!names.contains("message-id")) {
            lines.add("Message-ID: <" + id + "@" + hostname + ">");
        }
        return lines;
    }

    /** An address literal (RFC 5321 section 4.1.3). */
    static String literal(InetSocketAddress socket) {
        return socket.getAddress() instanceof Inet6Address ? "[IPv6:" + text(socket) + "]" : "[" + text(socket) + "]";
    }

    /** An IP address as text, without a zone; the name where a test's wire has no address. */
    static String text(InetSocketAddress socket) {
        var text = socket.getAddress() == null ? socket.getHostString() : socket.getAddress().getHostAddress();
        var zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }
}
