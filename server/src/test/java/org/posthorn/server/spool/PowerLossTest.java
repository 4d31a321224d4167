package org.posthorn.server.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.server.powerloss.PowerLoss;
import org.posthorn.server.powerloss.RecordedDisk;
import org.posthorn.server.powerloss.RecordedStorage;
import org.posthorn.server.powerloss.Recording;

/**
 * All that is written while mail is moved about is recorded, under the bodies, the mailboxes and Derby; then the power
 * fails at many moments of it, and what was not forced is lost or torn. Each time the spool is opened on what is left:
 * all that was accepted before is there once and whole.
 *
 * <p>Of the disk we ask that it tears nothing but at 512 octets, and of the file system that names are durable when
 * their directory is forced. Derby asks for more (docs/spool.md): 4 KiB of a table, which is a page, are written whole,
 * and a new file of its has its name once the file is forced. {@code -Dposthorn.powerloss.page=512} and
 * {@code -Dposthorn.powerloss.names=true} show what happens without that; {@code -Dposthorn.powerloss.points=1000}
 * tries so many moments, {@code -Dposthorn.powerloss.seed=7} those. The run itself differs each time: it has several
 * threads.
 */
class PowerLossTest {

    private static final int POINTS = Integer.getInteger("posthorn.powerloss.points", 9);
    private static final int MESSAGES = Integer.getInteger("posthorn.powerloss.messages", 40);
    private static final int SECTOR = 512;
    private static final int PAGE = Integer.getInteger("posthorn.powerloss.page", 4096);
    private static final boolean STRICT_NAMES = Boolean.getBoolean("posthorn.powerloss.names");
    private static final long SEED = Long.getLong("posthorn.powerloss.seed", System.nanoTime());

    @TempDir private Path temp;

    /** One moment, and what becomes of what was not forced. */
    private record Case(int after, PowerLoss.Loss loss, long seed) {
    }

    @Test void whatWasAcceptedIsThereOnceAndWholeWheneverThePowerFails() throws Exception {
        var recording = record();
        var power = new PowerLoss(recording, name -> !STRICT_NAMES && name.startsWith("data/database"),
            name -> name.startsWith("data/database/seg0") ? PAGE : SECTOR);
        var failures = new ArrayList<String>();
        var cases = cases(power);
        for (var one : cases) {
            failure(power, one).ifPresent(failures::add);
        }
        var summary = "%d moments of %d steps, %d flushes, seed %d: %d failures".formatted(cases.size(),
            recording.now(), power.flushes().size(), SEED, failures.size());
        Files.writeString(Path.of("target", "powerloss.txt"), summary + "\n" + String.join("\n", failures) + "\n");
        assertThat(failures).as(summary).isEmpty();
    }

    private Recording record() throws Exception {
        var home = temp.resolve("home");
        Files.createDirectories(home);
        try (var made = new MovingMail(home, Disk.real())) {
            made.startDatabase();
        }
        var recording = new Recording(home);
        try (var mail = new MovingMail(home, new RecordedDisk(recording))) {
            System.setProperty("derby.storage.logSwitchInterval", "100000");
            System.setProperty("derby.storage.checkpointInterval", "200000");
            RecordedStorage.noting(recording, mail::startDatabase);
            mail.startSpool();
            mail.run(MESSAGES, recording::promise);
            mail.run(MESSAGES / 2, recording::promise);
        } finally {
            System.clearProperty("derby.storage.logSwitchInterval");
            System.clearProperty("derby.storage.checkpointInterval");
        }
        return recording;
    }

    /** Flushes from the first to the last, all of them where there are points enough; and moments with open writes. */
    private static List<Case> cases(PowerLoss power) {
        var random = new Random(SEED);
        var flushes = power.flushes();
        var writes = power.writes();
        var cases = new ArrayList<Case>();
        for (var i = 0; i < POINTS; i++) {
            var loss = PowerLoss.Loss.values()[i % 3];
            var after = loss == PowerLoss.Loss.SOME ? writes.get(random.nextInt(writes.size()))
                : flushes.get((int) ((long) flushes.size() * i / POINTS));
            cases.add(new Case(after, loss, random.nextLong()));
        }
        return cases;
    }

    private Optional<String> failure(PowerLoss power, Case one) throws IOException {
        var home = temp.resolve("after");
        try {
            var promises = power.leave(one.after(), one.loss(), new Random(one.seed()), home);
            try (var mail = new MovingMail(home, Disk.real())) {
                mail.startDatabase();
                mail.startSpool();
                mail.judge(promises.stream().map(MovingMail.Accepted.class::cast).toList());
            }
            return Optional.empty();
        } catch (Exception | AssertionError e) {
            var why = new StringBuilder();
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                why.append(" / ").append(cause.toString().replaceAll("\\s+", " "));
            }
            return Optional.of(one + why.toString());
        } finally {
            delete(home);
        }
    }

    private static void delete(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            try (var all = Files.walk(directory)) {
                for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
