package org.posthorn.server.delivery.remote;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.posthorn.server.dns.Dns.SrvRecord;

/** In which order the hosts of a service are tried (RFC 2782): by priority, among equal ones by weighted lot. */
record ServiceOrder(RandomGenerator random) {

    /** None where the service says by a dot that it is not available. */
    List<SrvRecord> of(List<SrvRecord> records) {
        var left = new ArrayList<>(records.stream().filter(record -> !record.host().isEmpty()).toList());
        // Those of weight 0 first, as the RFC says: they have a small chance to be drawn.
        left.sort(Comparator.comparingInt(SrvRecord::priority).thenComparingInt(record ->
            record.weight() == 0 ? 0 : 1));
        var ordered = new ArrayList<SrvRecord>(left.size());
        while (!left.isEmpty()) {
            ordered.add(left.remove(drawn(left)));
        }
        return ordered;
    }

    /** The place of one of those with the best priority, which stand first. */
    private int drawn(List<SrvRecord> left) {
        var best = left.getFirst().priority();
        var sum = left.stream().filter(record -> record.priority() == best).mapToInt(SrvRecord::weight).sum();
        var lot = random.nextInt(sum + 1);
        var place = 0;
        for (var running = left.getFirst().weight(); running < lot; running += left.get(place).weight()) {
            place++;
        }
        return place;
    }
}
