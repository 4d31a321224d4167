package org.posthorn.server.auth.spf;

import java.net.InetAddress;
import org.posthorn.protocols.address.ReversePath;

/**
 * Whether a host may send in a domain's name (RFC 7208 section 4.1).
 *
 * @param client the SMTP client's address; an IPv4-mapped one has become the IPv4 address that it is
 * @param helo the argument of its greeting, as it came
 * @param identity whose domain is checked
 * @param localPart of the sender, as meant; {@code postmaster} where there is none (section 4.3)
 * @param domain the domain to begin with; whether it is one is not known yet
 */
public record SpfQuestion(InetAddress client, String helo, Identity identity, String localPart, String domain) {

    private static final String POSTMASTER = "postmaster";

    /** What was said by the client and is checked. */
    public enum Identity {

        /** The reverse path (section 2.4). */
        MAILFROM("mailfrom"),
        /** The greeting, where the reverse path is null (section 2.4). */
        HELO("helo");

        private final String text;

        Identity(String text) {
            this.text = text;
        }

        /** As the header fields write it. */
        public String text() {
            return text;
        }
    }

    /** For a reverse path; the null one stands for {@code postmaster@HELO}. */
    public static SpfQuestion of(InetAddress client, String helo, ReversePath sender) {
        return switch (sender) {
            case ReversePath.Null _ -> new SpfQuestion(client, helo, Identity.HELO, POSTMASTER, helo);
            case ReversePath.Sender(var mailbox) ->
                new SpfQuestion(client, helo, Identity.MAILFROM, mailbox.localPart(), mailbox.domain());
        };
    }

    /**
     * For an address as a person writes it.
     *
     * @param sender {@code local-part@domain}, a domain alone, or {@code <>} or nothing for the null sender
     */
    public static SpfQuestion of(InetAddress client, String helo, String sender) {
        var bare = sender.startsWith("<") && sender.endsWith(">") ? sender.substring(1, sender.length() - 1) : sender;
        if (bare.isEmpty()) {
            return of(client, helo, ReversePath.none());
        }
        var at = bare.lastIndexOf('@');
        return new SpfQuestion(client, helo, Identity.MAILFROM, at > 0 ? bare.substring(0, at) : POSTMASTER,
            bare.substring(at + 1));
    }

    /** The client's address as people write it; an IPv6 address in its shortest form. */
    public String clientText() {
        return Macros.readable(client);
    }

    /** The sender, as the macro {@code %{s}} means it. */
    String sender() {
        return localPart + "@" + domain;
    }
}
