package org.posthorn.server.delivery.tls;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What was counted on one day, by domain. Bounded in all, and for each domain, so that none crowds out the others; so
 * are the texts, which strangers wrote. What does not fit any more is not counted. Not thread-safe.
 */
final class ReportTally {

    private static final int VERSION = 1;
    private static final int MOST = 20_000;     // different policies and failures
    private static final int MOST_OF_ONE = 200; // of one domain
    private static final int LINES = 110;       // of a policy; MTA-STS has at most 104
    private static final int LONGEST = 500;     // characters of a text

    private final Map<Policy, Count> counts = new LinkedHashMap<>();
    private final Map<String, Integer> entries = new HashMap<>();
    private int all;

    /** A domain's policy, as it was when sessions rested on it. */
    record Policy(String domain, Basis.Type type, List<String> lines, List<String> patterns) {

        Policy {
            lines = List.copyOf(lines);
            patterns = List.copyOf(patterns);
        }

        static Policy of(Basis basis) {
            return new Policy(basis.domain(), basis.type(), cut(basis.lines()), cut(basis.patterns()));
        }

        private static List<String> cut(List<String> lines) {
            return lines.stream().limit(LINES).map(ReportTally::cut).toList();
        }
    }

    /** One way to fail, with those that failed so counted together. */
    record Failure(Shortcoming.Type type, String ours, String host, String address, String why) {
    }

    /** How often it went well, and how not. */
    static final class Count {
        private long good;
        private final Map<Failure, Long> failures = new LinkedHashMap<>();

        long good() {
            return good;
        }

        long bad() {
            return failures.values().stream().mapToLong(Long::longValue).sum();
        }

        Map<Failure, Long> failures() {
            return failures;
        }
    }

    void add(Session session) {
        var policy = Policy.of(session.basis());
        var count = counts.get(policy);
        if (count == null) {
            if (!hasRoom(policy.domain())) {
                return;
            }
            count = new Count();
            counts.put(policy, count);
        }
        if (session.shortcoming().isEmpty()) {
            count.good++;
            return;
        }
        var wrong = session.shortcoming().get();
        var failure = new Failure(wrong.type(), session.ours(), session.host(), session.address(),
            cut(wrong.why()));
        if (count.failures.containsKey(failure) || hasRoom(policy.domain())) {
            count.failures.merge(failure, 1L, Long::sum);
        }
    }

    /** Whether there is room for one more; takes it. */
    private boolean hasRoom(String domain) {
        if (all >= MOST || entries.getOrDefault(domain, 0) >= MOST_OF_ONE) {
            return false;
        }
        took(domain, 1);
        return true;
    }

    private void took(String domain, int some) {
        all += some;
        entries.merge(domain, some, Integer::sum);
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
    }

    Set<String> domains() {
        var domains = new TreeSet<String>();
        counts.keySet().forEach(policy -> domains.add(policy.domain()));
        return domains;
    }

    Map<Policy, Count> of(String domain) {
        var some = new LinkedHashMap<Policy, Count>();
        counts.forEach((policy, count) -> {
            if (policy.domain().equals(domain)) {
                some.put(policy, count);
            }
        });
        return some;
    }

    void remove(String domain) {
        of(domain).forEach((policy, count) -> {
            counts.remove(policy);
            all -= 1 + count.failures.size();
        });
        entries.remove(domain);
    }

    /** As {@link #read} reads it; empty where nothing is counted. */
    byte[] octets() throws IOException {
        var octets = new ByteArrayOutputStream();
        if (!counts.isEmpty()) {
            write(new DataOutputStream(octets));
        }
        return octets.toByteArray();
    }

    private void write(DataOutputStream out) throws IOException {
        out.writeInt(VERSION);
        out.writeInt(counts.size());
        for (var entry : counts.entrySet()) {
            out.writeUTF(entry.getKey().domain());
            out.writeUTF(entry.getKey().type().name());
            write(out, entry.getKey().lines());
            write(out, entry.getKey().patterns());
            out.writeLong(entry.getValue().good);
            out.writeInt(entry.getValue().failures.size());
            for (var failure : entry.getValue().failures.entrySet()) {
                var one = failure.getKey();
                write(out, List.of(one.type().name(), one.ours(), one.host(), one.address(), one.why()));
                out.writeLong(failure.getValue());
            }
        }
    }

    private static void write(DataOutputStream out, List<String> texts) throws IOException {
        out.writeInt(texts.size());
        for (var text : texts) {
            out.writeUTF(text.length() <= 10_000 ? text : text.substring(0, 10_000));   // UTF holds 64 KiB
        }
    }

    /**
     * Reads what {@link #octets} gave.
     *
     * @throws IOException when it is not that
     */
    static ReportTally read(DataInputStream in) throws IOException {
        if (in.readInt() != VERSION) {
            throw new IOException("it is of another version");
        }
        var tally = new ReportTally();
        try {
            for (var left = in.readInt(); left > 0; left--) {
                var policy = new Policy(in.readUTF(), Basis.Type.valueOf(in.readUTF()), texts(in), texts(in));
                var count = new Count();
                count.good = in.readLong();
                for (var failures = in.readInt(); failures > 0; failures--) {
                    var part = texts(in);
                    count.failures.put(new Failure(Shortcoming.Type.valueOf(part.get(0)), part.get(1), part.get(2),
                        part.get(3), part.get(4)), in.readLong());
                }
                tally.counts.put(policy, count);
                tally.took(policy.domain(), 1 + count.failures.size());
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException("it cannot be understood", e);
        }
        return tally;
    }

    private static List<String> texts(DataInputStream in) throws IOException {
        var texts = new ArrayList<String>();
        for (var left = in.readInt(); left > 0; left--) {
            texts.add(in.readUTF());
        }
        return texts;
    }
}
