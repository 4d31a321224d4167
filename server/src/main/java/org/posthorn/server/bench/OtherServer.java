package org.posthorn.server.bench;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * A server that somebody else started. Of what happens inside it nothing is seen.
 *
 * @param door where it takes mail
 * @param recipient whom it takes it for
 * @param sink where it sends it, if that is here
 */
public record OtherServer(InetSocketAddress door, String recipient, Optional<Sink> sink) implements Subject {

    @Override public String recipient(Workload workload, String run) {
        return recipient;
    }

    @Override public Optional<Exit> exit(Workload workload, String run, Tally tally) {
        return sink.map(here -> here.expect(tally));
    }

    @Override public Optional<Duration> cpu() {
        return Optional.empty();
    }
}
