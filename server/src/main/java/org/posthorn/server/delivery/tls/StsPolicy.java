package org.posthorn.server.delivery.tls;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An MTA-STS policy (RFC 8461 section 3.2).
 *
 * @param mode what follows from it
 * @param patterns of mail exchangers, lower case; {@code *.example.org} stands for one label before it
 * @param maxAge how long it may be kept
 */
record StsPolicy(Mode mode, List<String> patterns, Duration maxAge) {

    private static final int MOST = 100;        // patterns, of 255 octets; nobody has so many
    private static final long LONGEST = 31_557_600;     // seconds
    private static final Pattern LINE = Pattern.compile("([A-Za-z0-9][A-Za-z0-9_.-]{0,31}):[ \\t]*(.*?)[ \\t]*");
    private static final Pattern HOST = Pattern.compile("(\\*\\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?");
    private static final Pattern RECORD = Pattern.compile("v=STSv1[ \\t]*;.*");
    private static final Pattern ID = Pattern.compile(".*;[ \\t]*id[ \\t]*=[ \\t]*([A-Za-z0-9]{1,32})[ \\t]*(;.*)?");

    StsPolicy {
        patterns = List.copyOf(patterns);
    }

    /** What follows from a policy (RFC 8461 section 5). */
    enum Mode {
        /** Mail goes to verified hosts of the list alone. */
        ENFORCE,
        /** What would have failed is reported. */
        TESTING,
        /** Nothing: the domain wants to be rid of its policy. */
        NONE
    }

    /**
     * Reads one. Unknown fields are passed over; of a field that is there twice the first counts, but {@code mx}.
     *
     * @return empty when it is none
     */
    static Optional<StsPolicy> parse(String text) {
        var fields = new HashMap<String, String>();
        var patterns = new ArrayList<String>();
        for (var line : text.split("\\r?\\n", -1)) {
            var field = LINE.matcher(line);
            if (line.isBlank()) {
                continue;
            }
            if (!field.matches()) {
                return Optional.empty();
            }
            if (!field.group(1).equals("mx")) {
                fields.putIfAbsent(field.group(1), field.group(2));
            } else if (patterns.size() < MOST && field.group(2).length() < 256
                    && HOST.matcher(field.group(2)).matches()) {
                patterns.add(field.group(2).toLowerCase(Locale.ROOT));
            } else {
                return Optional.empty();
            }
        }
        var age = fields.getOrDefault("max_age", "");
        var mode = mode(fields.getOrDefault("mode", ""));
        if (!fields.getOrDefault("version", "").equals("STSv1") || mode.isEmpty() || !age.matches("[0-9]{1,10}")
            || patterns.isEmpty() && mode.get() != Mode.NONE) {
            return Optional.empty();
        }
        return mode.map(found -> new StsPolicy(found, patterns,
            Duration.ofSeconds(Math.min(Long.parseLong(age), LONGEST))));
    }

    private static Optional<Mode> mode(String word) {
        return switch (word) {
            case "enforce" -> Optional.of(Mode.ENFORCE);
            case "testing" -> Optional.of(Mode.TESTING);
            case "none" -> Optional.of(Mode.NONE);
            default -> Optional.empty();
        };
    }

    /** The id in the text records of {@code _mta-sts.DOMAIN}; empty where there is not exactly one (section 3.1). */
    static Optional<String> id(List<String> records) {
        var ours = records.stream().filter(record -> RECORD.matcher(record).matches()).toList();
        if (ours.size() != 1) {
            return Optional.empty();
        }
        var id = ID.matcher(ours.getFirst());
        return id.matches() ? Optional.of(id.group(1)) : Optional.empty();
    }

    boolean takes(String host) {
        return patterns.stream().anyMatch(pattern -> CertificateNames.matches(pattern, host.toLowerCase(Locale.ROOT)));
    }

    /** As it is written; reading this gives an equal policy. */
    List<String> lines() {
        var lines = new ArrayList<String>();
        lines.add("version: STSv1");
        lines.add("mode: " + mode.name().toLowerCase(Locale.ROOT));
        patterns.forEach(pattern -> lines.add("mx: " + pattern));
        lines.add("max_age: " + maxAge.toSeconds());
        return lines;
    }
}
