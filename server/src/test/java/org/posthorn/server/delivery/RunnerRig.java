package org.posthorn.server.delivery;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.posthorn.server.bounce.BounceConfig;
import org.posthorn.server.bounce.DsnReporter;
import org.posthorn.server.bounce.Tally;
import org.posthorn.server.intake.Awaited;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.TestClock;

/** A runner over a spool in memory, whose one agent for routes takes everything. */
public final class RunnerRig implements AutoCloseable {

    final FakeAgent agent = new FakeAgent(20);
    private final InMemorySpool spool;
    private final DeliveryRunner runner;

    /** Starts it. */
    public RunnerRig(InMemorySpool spool, OnDemand onDemand, TestClock clock) {
        var retry = new RetryPolicy(RetryConfig.DEFAULT, new Random(5));
        var reporter = new DsnReporter(spool, BounceConfig.of("mx.example.org"), clock, new Random(6), new Tally());
        this.spool = spool;
        this.runner = new DeliveryRunner(spool, Set.of(agent), new Settler(retry, reporter, new Awaited(), new Tally()),
            new Queues(Limits.DEFAULT, retry, clock, clock::nanos), onDemand, clock);
        runner.start();
    }

    /** Whose mail went where its route led: local parts. */
    public List<String> routed() {
        return agent.delivered;
    }

    /** What was lifted by hand goes through the runner. */
    public Suspensions suspensions() {
        return runner;
    }

    @Override public void close() {
        spool.stop(Duration.ZERO);
        runner.stop(Duration.ofSeconds(5));
    }
}
