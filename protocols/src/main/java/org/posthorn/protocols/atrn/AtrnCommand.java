package org.posthorn.protocols.atrn;

import java.util.ArrayList;
import java.util.List;
import org.posthorn.protocols.address.AddressResult;
import org.posthorn.protocols.address.DomainName;
import org.posthorn.protocols.wire.Reply;

/** An ATRN command, read (RFC 2645 section 5.2.1). */
public sealed interface AtrnCommand {

    /**
     * The mail of these domains is wanted.
     *
     * @param domains in lower case, as A-labels, each once; empty for all that the client has a right to
     */
    record Turn(List<String> domains) implements AtrnCommand {
        /** Copies the list. */
        public Turn {
            domains = List.copyOf(domains);
        }
    }

    /** There is no telling whose: 501. */
    record Faulty(Reply reply) implements AtrnCommand {
    }

    /**
     * Reads what stands behind the verb: nothing, or domains with a comma between them and no blank.
     *
     * @param argument without the blanks around it
     */
    static AtrnCommand parse(String argument) {
        var domains = new ArrayList<String>();
        for (var text : argument.isEmpty() ? List.<String>of() : List.of(argument.split(",", -1))) {
            switch (DomainName.parse(text, false)) {
                case AddressResult.Good<String>(var domain, _) -> {
                    if (!domains.contains(domain)) {
                        domains.add(domain);
                    }
                }
                case AddressResult.Bad<String> _ -> {
                    return new Faulty(Reply.of(501, "5.5.4",
                        "Expected ATRN and maybe domain names, with a comma between them"));
                }
            }
        }
        return new Turn(domains);
    }
}
