package org.posthorn.server.dns;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

/**
 * Remembers answers as long as their time to live allows, at most a day (RFC 2181 section 8); negative ones at most
 * three hours (RFC 2308 section 5). What may live for no time at all is not kept. When it is full the answer that was
 * not asked for the longest time goes. Time is of a clock that does not step. Thread-safe: one lock guards the map.
 */
final class AnswerCache {

    private static final Duration LONGEST = Duration.ofDays(1);
    private static final Duration LONGEST_NEGATIVE = Duration.ofHours(3);

    private final LongSupplier nanos;
    private final Map<Question, Kept> entries;

    AnswerCache(int most, LongSupplier nanos) {
        this.nanos = nanos;
        this.entries = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override protected boolean removeEldestEntry(Map.Entry<Question, Kept> eldest) {
                return size() > most;
            }
        };
    }

    /** What is asked: a name (compared without regard to case) and a record type. */
    record Question(Name name, int type) {
    }

    /**
     * An answer, and how it was come by.
     *
     * @param name at the end of the CNAMEs
     * @param believed whether all of it is of resolvers whose word on signatures is taken
     * @param secure whether DNSSEC vouches for all of it
     */
    record Known(DnsAnswer<Record> answer, Name name, boolean believed, boolean secure) {
    }

    private record Kept(Known known, long until) {
    }

    Optional<Known> get(Question question) {
        synchronized (entries) {
            var entry = entries.get(question);
            if (entry == null) {
                return Optional.empty();
            }
            if (nanos.getAsLong() - entry.until >= 0) {
                entries.remove(question);
                return Optional.empty();
            }
            return Optional.of(entry.known);
        }
    }

    /**
     * Keeps an answer.
     *
     * @param seconds its time to live; 0 keeps nothing
     */
    void put(Question question, Known known, long seconds) {
        var longest = switch (known.answer) {
            case DnsAnswer.Found<Record> _ -> LONGEST;
            case DnsAnswer.None<Record> _ -> LONGEST_NEGATIVE;
            case DnsAnswer.Temporary<Record> _ -> Duration.ZERO;
        };
        var keep = Math.min(seconds, longest.toSeconds());
        if (keep > 0) {
            synchronized (entries) {
                entries.put(question, new Kept(known, nanos.getAsLong() + Duration.ofSeconds(keep).toNanos()));
            }
        }
    }
}
