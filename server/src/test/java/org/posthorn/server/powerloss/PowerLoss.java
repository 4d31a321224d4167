package org.posthorn.server.powerloss;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a recorded disk may hold when the power fails after so many steps: all that is durable, and of the rest what
 * chance leaves. A write that is not durable is kept, lost, or torn into sectors, each kept or lost; a name that was
 * made, moved or removed is kept or lost as a whole; a file whose name is lost is gone.
 *
 * @param recording what was done
 * @param names whether names are durable when the file alone is forced, as on ext4 and XFS, for these names
 * @param sector octets that the disk writes as a whole, for each name
 */
public record PowerLoss(Recording recording, Predicate<Path> names, Sectors sector) {

    /** Octets that the disk writes as a whole. */
    public interface Sectors {
        int of(Path name);
    }

    /** What happens to what is not durable. */
    public enum Loss {
        /** The disk had written it all: as after the death of the process alone. */
        NOTHING,
        /** It had written nothing of it. */
        EVERYTHING,
        /** It had written some of it, in any order. */
        SOME
    }

    /** Builds what is left in a new directory, and tells the promises made until then. */
    public List<Object> leave(int after, Loss loss, Random random, Path target) throws IOException {
        var steps = recording.steps().subList(0, after);
        var left = new Left(steps, loss, random);
        left.run();
        left.store(target);
        return steps.stream().filter(Step.Promise.class::isInstance).map(step -> ((Step.Promise) step).what()).toList();
    }

    /** The steps after which something became durable. */
    public List<Integer> flushes() {
        var flushes = new ArrayList<Integer>();
        var steps = recording.steps();
        for (var i = 0; i < steps.size(); i++) {
            if (steps.get(i) instanceof Step.Force || steps.get(i) instanceof Step.ForceDirectory
                || steps.get(i) instanceof Step.ForceAll) {
                flushes.add(i + 1);
            }
        }
        return flushes;
    }

    /** The steps after which something was written that is not durable by itself. */
    public List<Integer> writes() {
        var writes = new ArrayList<Integer>();
        var steps = recording.steps();
        for (var i = 0; i + 1 < steps.size(); i++) {
            if (steps.get(i) instanceof Step.Write && !(steps.get(i + 1) instanceof Step.Force)) {
                writes.add(i + 1);
            }
        }
        return writes;
    }

    /** Octets of a file. */
    private static final class Content {
        private byte[] octets;
        private int length;

        Content(byte[] octets) {
            this.octets = octets.clone();
            this.length = octets.length;
        }

        void cut(int newLength) {
            octets = Arrays.copyOf(Arrays.copyOf(octets, Math.min(length, newLength)), newLength);
            length = newLength;
        }

        void write(int at, byte[] from, int offset, int count) {
            if (at + count > octets.length) {
                octets = Arrays.copyOf(octets, Math.max(at + count, octets.length * 2));
            }
            System.arraycopy(from, offset, octets, at, count);
            length = Math.max(length, at + count);
        }
    }

    /** One disk that came out of it. */
    private final class Left {
        private final List<Step> steps;
        private final Loss loss;
        private final Random random;
        private final Map<Path, Integer> where = new HashMap<>(recording.namesBefore());
        private final Set<Path> directories = new HashSet<>(recording.directoriesBefore());
        private final Map<Integer, Content> files = new HashMap<>();
        private final Map<Integer, Path> lastName = new HashMap<>();
        private final Map<Integer, Integer> forced = new HashMap<>();
        private final Map<Path, Integer> forcedNames = new HashMap<>();
        private int forcedAll;

        Left(List<Step> steps, Loss loss, Random random) {
            this.steps = steps;
            this.loss = loss;
            this.random = random;
            recording.namesBefore().forEach((name, file) -> lastName.put(file, name));
            recording.octetsBefore().forEach((file, octets) -> files.put(file, new Content(octets)));
            for (var step : steps) {
                switch (step) {
                    case Step.Force(var file, var before) -> forced.merge(file, before, Math::max);
                    case Step.ForceDirectory(var name, var before) -> forcedNames.merge(name, before, Math::max);
                    case Step.ForceAll(var before) -> forcedAll = Math.max(forcedAll, before);
                    case Step.Make(var name, var file) -> lastName.put(file, name);
                    case Step.Move(_, var name, var file) -> lastName.put(file, name);
                    case Step.MakeDirectory _, Step.Write _, Step.Cut _, Step.Remove _, Step.Promise _ -> { }
                }
            }
        }

        void run() {
            for (var i = 0; i < steps.size(); i++) {
                take(i, steps.get(i));
            }
        }

        private void take(int number, Step step) {
            switch (step) {
                case Step.Make(var name, var file) -> {
                    files.put(file, new Content(new byte[0]));
                    if (keeps(number, name) || names.test(name) && forced(file) > number) {
                        where.put(name, file);
                    }
                }
                case Step.MakeDirectory(var name) when keeps(number, name) -> directories.add(name);
                case Step.Move(var from, var to, var file) when keeps(number, to) -> {
                    where.remove(from);
                    where.put(to, file);
                }
                case Step.Remove(var name) when keeps(number, name) -> where.remove(name);
                case Step.Write write -> write(number, write);
                case Step.Cut(var file, var length) when number < forced(file) || chance() ->
                    files.get(file).cut((int) length);
                case Step.MakeDirectory _, Step.Move _, Step.Remove _, Step.Cut _, Step.Force _,
                     Step.ForceDirectory _, Step.ForceAll _, Step.Promise _ -> { }
            }
        }

        private int forced(int file) {
            return Math.max(forcedAll, forced.getOrDefault(file, 0));
        }

        private boolean keeps(int step, Path name) {
            return Math.max(forcedAll, forcedNames.getOrDefault(parent(name), 0)) > step || chance();
        }

        private boolean chance() {
            return switch (loss) {
                case NOTHING -> true;
                case EVERYTHING -> false;
                case SOME -> random.nextBoolean();
            };
        }

        private void write(int step, Step.Write write) {
            var content = files.get(write.file());
            var durable = step < forced(write.file());
            var torn = !durable && loss == Loss.SOME && random.nextInt(3) == 0;
            if (!torn && (durable || chance())) {
                content.write((int) write.at(), write.octets(), 0, write.octets().length);
            } else if (torn) {
                var sectors = sector.of(lastName.get(write.file()));
                for (var done = 0; done < write.octets().length;) {
                    var at = (int) write.at() + done;
                    var count = Math.min(write.octets().length - done, sectors - at % sectors);
                    if (random.nextBoolean()) {
                        content.write(at, write.octets(), done, count);
                    }
                    done += count;
                }
            }
        }

        void store(Path target) throws IOException {
            Files.createDirectories(target);
            for (var directory : directories.stream().sorted().toList()) {
                if (exists(directory)) {
                    Files.createDirectories(target.resolve(directory));
                }
            }
            for (var name : where.entrySet()) {
                if (exists(parent(name.getKey()))) {
                    var content = files.get(name.getValue());
                    Files.write(target.resolve(name.getKey()), Arrays.copyOf(content.octets, content.length));
                }
            }
        }

        /** Whether the directory and all above it are there. */
        private boolean exists(Path directory) {
            return directory.toString().isEmpty()
                || directories.contains(directory) && exists(parent(directory));
        }
    }

    private static Path parent(Path name) {
        return name.getParent() == null ? Path.of("") : name.getParent();
    }
}
