package org.posthorn.server.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.posthorn.server.bench.Workload.Amount;

/** Runs the workloads, one after the other, and each several times. */
public final class Bench {

    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final int LOOKING_SHARE = 10;                  // looking takes at most a tenth of the time
    private static final Duration QUIET = Duration.ofMillis(250);
    private static final Duration QUIET_CPU = Duration.ofMillis(10);
    private static final int QUIET_TRIES = 20;

    private final Subject subject;
    private final Plan plan;
    private final Progress progress;

    /**
     * What is to be done.
     *
     * @param workloads in the order of their declaration
     * @param asked how much of each run
     * @param warmUp messages of each workload before its first run
     * @param runs of each workload that count
     * @param tag distinguishes this bench's messages from those of any other
     * @param stall after such a time in which nothing was accepted and nothing arrived, a run ends
     */
    public record Plan(Set<Workload> workloads, Amount asked, int warmUp, int runs, String tag, Duration stall) {

        /** Copies. */
        public Plan {
            workloads = Set.copyOf(workloads);
        }

        /** The names of all runs of a workload, the warm-up's first if there is one. */
        public List<String> names(Workload workload) {
            var names = new ArrayList<String>();
            if (warmUp > 0) {
                names.add(workload.id() + "-0");
            }
            for (var run = 1; run <= runs; run++) {
                names.add(workload.id() + "-" + run);
            }
            return names;
        }

        /** Octets of all messages together. */
        public long octets() {
            return workloads.stream().mapToLong(workload -> {
                var each = workload.amount(asked);
                var warm = warmUp == 0 ? 0 : workload.amount(asked.of(warmUp)).messages();
                return (warm + (long) runs * each.messages()) * each.size();
            }).sum();
        }
    }

    /**
     * What came of it.
     *
     * @param table for a person
     * @param faults messages that were lost, doubled or refused, each run's in a line
     */
    public record Outcome(String table, List<String> faults) {

        /** Copies. */
        public Outcome {
            faults = List.copyOf(faults);
        }
    }

    /** Prepares it. */
    public Bench(Subject subject, Plan plan, Progress progress) {
        this.subject = subject;
        this.plan = plan;
        this.progress = progress;
    }

    /** Sends all, and waits until all has arrived or no more does. */
    public Outcome run() throws IOException, InterruptedException {
        var outcome = new EnumMap<Workload, List<Run>>(Workload.class);
        var faults = new ArrayList<String>();
        for (var workload : Workload.values()) {
            if (plan.workloads().contains(workload)) {
                outcome.put(workload, runs(workload, faults));
            }
        }
        return new Outcome(Table.of(outcome), faults);
    }

    /** What goes wrong in the warm-up is a fault too. */
    private List<Run> runs(Workload workload, List<String> faults) throws IOException, InterruptedException {
        var runs = new ArrayList<Run>();
        if (plan.warmUp() > 0) {
            var warm = once(workload, workload.id() + "-0", workload.id() + " warm-up",
                workload.amount(plan.asked().of(plan.warmUp())));
            faults.addAll(warm.faults());
        }
        for (var number = 1; number <= plan.runs(); number++) {
            var run = once(workload, workload.id() + "-" + number,
                workload.id() + " run " + number + " of " + plan.runs(), workload.amount(plan.asked()));
            faults.addAll(run.faults());
            progress.line(run.toString());
            runs.add(run);
        }
        return runs;
    }

    private Run once(Workload workload, String id, String name, Amount amount)
            throws IOException, InterruptedException {
        var empty = new Tally(plan.tag() + "-" + id, amount.messages());
        var exit = subject.exit(workload, id, empty);
        var before = subject.cpu();
        var load = new Load(subject.door(), subject.recipient(workload, id), workload, amount, empty.run());
        load.start();
        try {
            await(load, exit, name);
        } finally {
            load.stop();
        }
        var cpu = settled().flatMap(after -> before.map(after::minus));
        var arrived = exit.isPresent() ? Optional.of(exit.get().tally()) : Optional.<Tally>empty();
        return Run.of(name, amount.size(), load, arrived, cpu);
    }

    private void await(Load load, Optional<Exit> exit, String name) throws IOException, InterruptedException {
        var moved = System.nanoTime();
        var before = -1;
        while (true) {
            var looked = System.nanoTime();
            var done = load.isDone();   // before its count, which is then the last
            var accepted = load.accepted();
            var arrived = exit.isPresent() ? exit.get().soFar() : accepted;
            progress.at(name, Math.min(arrived, accepted), load.messages());
            if (done && arrived >= accepted) {
                return;
            }
            if (accepted + arrived != before) {
                before = accepted + arrived;
                moved = looked;
            } else if (looked - moved > plan.stall().toNanos()) {
                return;   // what is missing is told as lost or not accepted
            }
            TimeUnit.NANOSECONDS.sleep(Math.max(LOOK_EVERY.toNanos(), LOOKING_SHARE * (System.nanoTime() - looked)));
        }
    }

    /** The processor time when the server has nothing more to do: tidying up is part of a message's cost. */
    private Optional<Duration> settled() throws InterruptedException {
        var cpu = subject.cpu();
        for (var tries = 0; cpu.isPresent() && tries < QUIET_TRIES; tries++) {
            TimeUnit.MILLISECONDS.sleep(QUIET.toMillis());
            var now = subject.cpu();
            if (now.isEmpty() || now.get().minus(cpu.get()).compareTo(QUIET_CPU) <= 0) {
                return now;
            }
            cpu = now;
        }
        return cpu;
    }
}
