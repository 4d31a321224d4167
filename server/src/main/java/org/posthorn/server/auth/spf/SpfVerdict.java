package org.posthorn.server.auth.spf;

/**
 * What a check came to.
 *
 * @param mechanism the term that decided, without its qualifier; {@code default} where none did; empty without a record
 * @param problem why it is {@code none}, {@code temperror} or {@code permerror}; one line; else empty
 * @param explanation what the domain itself says to a {@code fail}: US-ASCII; empty where it says nothing
 */
public record SpfVerdict(SpfQuestion question, SpfResult result, String mechanism, String problem,
                         String explanation) {
}
