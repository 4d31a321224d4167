package org.posthorn.protocols.smtp;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.posthorn.protocols.wire.Limits;
import org.posthorn.protocols.wire.Reply;

/**
 * What is offered to one client at one moment, and how EHLO says it.
 *
 * @param offered the extensions, in the order of the enum
 * @param mechanisms of AUTH, where it can be used; also once the client has, and AUTH is not offered any more
 */
record Extensions(Set<Extension> offered, List<String> mechanisms) {

    private static final Set<Extension> OF_USERS =
        EnumSet.of(Extension.FUTURERELEASE, Extension.MT_PRIORITY, Extension.XVERP);
    private static final Set<Extension> OF_THE_QUEUE = EnumSet.of(Extension.FUTURERELEASE, Extension.MT_PRIORITY,
        Extension.XVERP, Extension.DELIVERBY);

    Extensions {
        offered = Collections.unmodifiableSet(offered.isEmpty() ? EnumSet.noneOf(Extension.class)
            : EnumSet.copyOf(offered));
        mechanisms = List.copyOf(mechanisms);
    }

    /** Nothing: before EHLO, and after HELO. */
    static Extensions none() {
        return new Extensions(Set.of(), List.of());
    }

    /**
     * What a client that says EHLO or LHLO now is offered.
     *
     * @param secured whether TLS is up
     */
    static Extensions of(SessionSettings settings, List<String> mechanisms, boolean secured, boolean authenticated) {
        var offered = EnumSet.noneOf(Extension.class);
        offered.addAll(settings.extensions());
        offered.remove(secured ? Extension.STARTTLS : Extension.REQUIRETLS);
        var usable = offered.contains(Extension.AUTH) && (secured || settings.access().authInClear());
        if (!usable || mechanisms.isEmpty() || authenticated) {
            offered.remove(Extension.AUTH);
        }
        // What is asked of the queue concerns others too, but for the time by which one's own message is delivered.
        offered.removeIf(extension -> !settings.terms().offers(extension)
            || OF_THE_QUEUE.contains(extension) && settings.dialect() != SmtpDialect.SMTP
            || OF_USERS.contains(extension) && !authenticated);
        return new Extensions(offered, usable ? mechanisms : List.of());
    }

    /** The same, less one. */
    Extensions without(Extension unwanted) {
        var rest = EnumSet.noneOf(Extension.class);
        rest.addAll(offered);
        rest.remove(unwanted);
        return new Extensions(rest, mechanisms);
    }

    boolean has(Extension extension) {
        return offered.contains(extension);
    }

    /** The answer to EHLO or LHLO (RFC 5321 section 4.1.1.1). */
    Reply greeting(String hostname, Limits limits, Terms terms) {
        var lines = new ArrayList<String>();
        lines.add(hostname);
        for (var extension : offered) {
            lines.add(switch (extension) {
                case SIZE -> "SIZE " + limits.messageSize();
                case AUTH -> "AUTH " + String.join(" ", mechanisms);
                case LIMITS -> "LIMITS RCPTMAX=" + limits.recipients() + " MAILMAX=" + limits.transactions();
                case FUTURERELEASE -> "FUTURERELEASE " + terms.longestHold().toSeconds() + " "
                    + terms.clock().instant().plus(terms.longestHold()).truncatedTo(ChronoUnit.SECONDS);
                case DELIVERBY -> terms.shortestTime().isPositive()
                    ? "DELIVERBY " + terms.shortestTime().toSeconds() : "DELIVERBY";
                case XCLIENT -> "XCLIENT " + ClientAttribute.offer();
                case PIPELINING, EIGHT_BIT_MIME, SMTPUTF8, CHUNKING, BINARYMIME, ENHANCED_STATUS_CODES, DSN, ETRN,
                    ATRN, STARTTLS, REQUIRETLS, HELP, MT_PRIORITY, XVERP -> extension.keyword();
            });
        }
        return Reply.plain(250, lines.toArray(String[]::new));
    }

    /**
     * Octets of a command line with its CRLF: what parameters of the offered extensions may add to the basic limit.
     *
     * @param verb in upper case
     */
    int lineLimit(String verb, Limits limits) {
        return switch (verb) {
            case "MAIL" -> limits.commandLine()
                + extra(Extension.SIZE, 26)              // RFC 1870 section 3
                + extra(Extension.EIGHT_BIT_MIME, 17)    // RFC 6152 section 2
                + extra(Extension.SMTPUTF8, 10)          // RFC 6531 section 3.1
                + extra(Extension.DSN, 127)              // RFC 3461 section 4: RET and ENVID
                + extra(Extension.REQUIRETLS, 11)        // RFC 8689 section 3
                + extra(Extension.FUTURERELEASE, 34)     // RFC 4865 section 4
                + extra(Extension.DELIVERBY, 17)         // RFC 2852 section 4
                + extra(Extension.MT_PRIORITY, 15)       // RFC 6710 section 3
                + extra(Extension.XVERP, 9)
                + 500;                                   // RFC 4954 section 5: the AUTH parameter
            case "RCPT" -> limits.commandLine() + extra(Extension.DSN, 28 + 510); // NOTIFY, and ORCPT of 500 octets
            case "AUTH" -> limits.authLine();
            default -> limits.commandLine();
        };
    }

    private int extra(Extension extension, int octets) {
        return has(extension) ? octets : 0;
    }
}
