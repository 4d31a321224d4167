package org.posthorn.server.delivery.tls;

import java.util.List;
import java.util.Optional;

/**
 * What the terms rest on, as reports tell it (RFC 8460 section 4.2).
 *
 * @param domain whose mail it is
 * @param type of its policy
 * @param lines of the policy: TLSA records, or the lines of an MTA-STS policy
 * @param patterns of an MTA-STS policy's mail exchangers
 * @param shortcoming why a policy is not what it should be; one that was found out while a policy was looked for
 */
public record Basis(String domain, Type type, List<String> lines, List<String> patterns,
                    Optional<Shortcoming> shortcoming) {

    /** Copies the lists. */
    public Basis {
        lines = List.copyOf(lines);
        patterns = List.copyOf(patterns);
    }

    /** Which kind of policy. */
    public enum Type {
        TLSA("tlsa"), STS("sts"), NONE("no-policy-found");

        private final String word;

        Type(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    static Basis none(String domain) {
        return new Basis(domain, Type.NONE, List.of(), List.of(), Optional.empty());
    }

    Basis with(Shortcoming found) {
        return new Basis(domain, type, lines, patterns, Optional.of(found));
    }
}
