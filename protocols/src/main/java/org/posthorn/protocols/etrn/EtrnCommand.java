package org.posthorn.protocols.etrn;

import java.util.Locale;
import java.util.regex.Pattern;
import org.posthorn.protocols.address.AddressResult;
import org.posthorn.protocols.address.DomainName;
import org.posthorn.protocols.wire.Reply;

/** An ETRN command, read (RFC 1985 section 5.1). */
public sealed interface EtrnCommand {

    /** The queue of a node is to be started. */
    record Start(EtrnNode node) implements EtrnCommand {
    }

    /**
     * There is no telling for whom.
     *
     * @param reply 500 where the argument is missing or is more than one, 501 where it is no node's name
     */
    record Faulty(Reply reply) implements EtrnCommand {
    }

    /** What a queue may be called. */
    Pattern QUEUE = Pattern.compile("[a-z0-9]([a-z0-9_.-]{0,62})");

    /**
     * Reads what stands behind the verb: {@code [@|#]name}. A domain may end in a dot; names are compared in lower
     * case.
     *
     * @param argument without the blanks around it
     */
    static EtrnCommand parse(String argument) {
        if (argument.isEmpty() || argument.indexOf(' ') >= 0) {
            return faulty(500, "Expected ETRN and one node: a domain, @domain or #queue");
        }
        var option = argument.charAt(0);
        if (option == '#') {
            var name = argument.substring(1).toLowerCase(Locale.ROOT);
            return QUEUE.matcher(name).matches() ? new Start(new EtrnNode.Queue(name))
                : faulty(501, "This is no name of a queue");
        }
        var subtree = option == '@';
        return switch (DomainName.parse(subtree ? argument.substring(1) : argument, false)) {
            case AddressResult.Good<String>(var name, _) ->
                new Start(subtree ? new EtrnNode.Subtree(name) : new EtrnNode.Exact(name));
            case AddressResult.Bad<String>(var problem, _) -> faulty(501, switch (problem) {
                case SYNTAX -> "A node is a domain name, not an address";
                case NEEDS_SMTPUTF8 -> "Write the domain in A-labels (xn--)";
            });
        };
    }

    private static Faulty faulty(int code, String why) {
        return new Faulty(Reply.of(code, "5.5.4", why));
    }
}
