package org.posthorn.server.cli;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What the flags of {@code init} must not say against each other: one of them would be passed over in silence. */
final class InitChecks {

    private InitChecks() {
    }

    /**
     * Refuses a key that stands twice, such as {@code --port smtp=25 --port smtp=2525}.
     *
     * @throws ParameterException when there is one
     */
    static void refuseRepeated(CommandSpec init, String option) {
        var parsed = init.commandLine().getParseResult();
        var written = parsed.hasMatchedOption(option) ? parsed.matchedOption(option).originalStringValues()
            : List.<String>of();
        var seen = new HashSet<String>();
        for (var value : written) {
            var key = value.split("=", 2)[0];
            if (!seen.add(plain(key))) {
                throw new ParameterException(init.commandLine(), option + " " + key + "= is given twice; keep one");
            }
        }
    }

    /**
     * Refuses domains whose mail would be kept here and passed on.
     *
     * @throws IllegalArgumentException when there is one
     */
    static void refuseKeptAndRelayed(HomePlan plan) {
        var kept = plan.residents().domains().stream().map(InitChecks::plain).collect(Collectors.toSet());
        for (var relayed : plan.outbound().relayDomains().keySet()) {
            if (kept.contains(plain(relayed))) {
                throw new IllegalArgumentException("--relay-domain " + relayed + ": its mail is kept here, as --domain "
                    + "says, and cannot be passed on too; keep one of them");
            }
        }
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
    }
}
