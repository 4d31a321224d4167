package org.posthorn.server.users;

import java.util.LinkedHashMap;
import java.util.function.Function;

/**
 * The answers asked for last, a bounded number of them. After {@link #forget} no answer that was looked up before it is
 * given any more, not even one whose lookup was under way. Thread-safe: one lock, not held while looking up.
 */
final class Remembered<K, V> {

    private final int most;
    private final LinkedHashMap<K, V> answers = new LinkedHashMap<>(16, 0.75f, true);
    private long generation;

    Remembered(int most) {
        this.most = most;
    }

    V get(K key, Function<? super K, ? extends V> lookup) {
        long asked;
        synchronized (answers) {
            var known = answers.get(key);
            if (known != null) {
                return known;
            }
            asked = generation;
        }
        V answer = lookup.apply(key);
        synchronized (answers) {
            if (asked == generation) {
                answers.put(key, answer);
                if (answers.size() > most) {
                    answers.pollFirstEntry();
                }
            }
        }
        return answer;
    }

    void forget() {
        synchronized (answers) {
            generation++;
            answers.clear();
        }
    }
}
