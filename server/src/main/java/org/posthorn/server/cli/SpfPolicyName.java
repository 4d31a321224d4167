package org.posthorn.server.cli;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code reject}, {@code tag} or {@code off}. */
final class SpfPolicyName implements ITypeConverter<HomePlan.SpfPolicy> {

    @Override public HomePlan.SpfPolicy convert(String text) {
        for (var policy : HomePlan.SpfPolicy.values()) {
            if (policy.name().toLowerCase(Locale.ROOT).equals(text)) {
                return policy;
            }
        }
        throw new TypeConversionException("expected reject, tag or off, found '" + text + "'");
    }
}
