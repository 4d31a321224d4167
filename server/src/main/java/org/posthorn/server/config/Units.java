package org.posthorn.server.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads durations and sizes with their units. A number without a unit would be guessed wrong some day: refused. */
public final class Units {

    private static final Pattern QUANTITY = Pattern.compile("([0-9]{1,12}) ?([A-Za-z]*)");
    private static final Map<String, ChronoUnit> TIMES = Map.of("ms", ChronoUnit.MILLIS, "s", ChronoUnit.SECONDS,
        "m", ChronoUnit.MINUTES, "h", ChronoUnit.HOURS, "d", ChronoUnit.DAYS);
    private static final Map<String, Long> SIZES = Map.of("", 1L, "B", 1L, "KiB", 1L << 10, "MiB", 1L << 20,
        "GiB", 1L << 30);

    private Units() {
    }

    static Duration duration(String text) {
        var quantity = QUANTITY.matcher(text);
        if (!quantity.matches() || !TIMES.containsKey(quantity.group(2))) {
            throw new IllegalArgumentException("expected a time with unit ms, s, m, h or d, such as '30 s'");
        }
        return Duration.of(Long.parseLong(quantity.group(1)), TIMES.get(quantity.group(2)));
    }

    /**
     * A size in octets.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static long octets(String text) {
        var quantity = QUANTITY.matcher(text);
        if (!quantity.matches() || !SIZES.containsKey(quantity.group(2))) {
            throw new IllegalArgumentException("expected a size in octets, or with KiB, MiB or GiB, such as '50 MiB'");
        }
        return Math.multiplyExact(SIZES.get(quantity.group(2)), Long.parseLong(quantity.group(1)));
    }
}
