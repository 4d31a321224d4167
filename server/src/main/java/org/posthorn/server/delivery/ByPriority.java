package org.posthorn.server.delivery;

import java.util.AbstractQueue;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Jobs that wait for a destination: the most urgent first (RFC 6710), equal ones in the order in which they came. Mail
 * that asks for nothing, nearly all of it, costs what it costs in a deque. Not thread-safe.
 */
final class ByPriority extends AbstractQueue<Job> {

    private final ArrayDeque<Job> usual = new ArrayDeque<>();
    /** The others, by priority; made when the first of them comes. */
    private Optional<TreeMap<Integer, ArrayDeque<Job>>> others = Optional.empty();
    private int urgent;      // of the others, those before the usual

    @Override public boolean offer(Job job) {
        var priority = job.priority();
        if (priority == 0) {
            return usual.offer(job);
        }
        if (others.isEmpty()) {
            others = Optional.of(new TreeMap<>(Comparator.reverseOrder()));
        }
        urgent += priority > 0 ? 1 : 0;
        return others.get().computeIfAbsent(priority, _ -> new ArrayDeque<>()).offer(job);
    }

    @Override public Job poll() {
        if (urgent == 0 && !usual.isEmpty() || others.isEmpty()) {
            return usual.poll();
        }
        var first = others.get().firstEntry();
        var job = first.getValue().poll();
        urgent -= first.getKey() > 0 ? 1 : 0;
        if (first.getValue().isEmpty()) {
            others.get().remove(first.getKey());
            others = others.get().isEmpty() ? Optional.empty() : others;
        }
        return job;
    }

    @Override public Job peek() {
        return urgent == 0 && !usual.isEmpty() || others.isEmpty() ? usual.peek()
            : others.get().firstEntry().getValue().peek();
    }

    /** For whom the order does not matter. */
    @Override public Iterator<Job> iterator() {
        return Stream.concat(usual.stream(), others.stream().flatMap(all -> all.values().stream())
            .flatMap(ArrayDeque::stream)).iterator();
    }

    @Override public int size() {
        return usual.size() + (others.isEmpty() ? 0
            : others.get().values().stream().mapToInt(ArrayDeque::size).sum());
    }

    @Override public void clear() {
        usual.clear();
        others = Optional.empty();
        urgent = 0;
    }
}
