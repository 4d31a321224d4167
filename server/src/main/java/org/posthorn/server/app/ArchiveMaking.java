package org.posthorn.server.app;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.posthorn.server.log.EventLog;

/**
 * Makes a home's {@link ClassArchive} beside a running server that was started without one: once, some time after the
 * start, in a process that yields to all others. Whatever goes wrong with it is a line in the log, and no more.
 *
 * <p>It runs on the virtual thread {@code posthorn-archive}, from {@link #start} until it is done or {@link #stop}.
 */
public final class ArchiveMaking {

    private static final EventLog LOG = EventLog.of(ArchiveMaking.class);
    private static final List<String> YIELDING = List.of("nice", "-n", "19");
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Home home;
    private final Duration after;
    private volatile Optional<Thread> thread = Optional.empty();

    /**
     * Prepares it.
     *
     * @param after how long after the start; zero for never
     */
    public ArchiveMaking(Home home, Duration after) {
        this.home = home;
        this.after = after;
    }

    /** Begins to wait, where there is something to be made: not for one whose Java options ask for another archive. */
    public void start() {
        var archive = Optional.ofNullable(System.getProperty("posthorn.archive"));
        var distribution = Optional.ofNullable(System.getProperty("posthorn.dist"));
        if (after.isZero() || archive.isEmpty() || distribution.isEmpty()) {
            return;
        }
        var own = new ClassArchive(home.data().resolve(ClassArchive.NAME), Path.of(distribution.get()));
        thread = Optional.of(Thread.ofVirtual().name("posthorn-archive").start(() -> make(own, archive.get())));
    }

    private void make(ClassArchive archive, String given) {
        try {
            if (ClassArchive.inUse(given) || archive.fits()) {
                return;
            }
            Thread.sleep(after);
            var begun = System.nanoTime();
            var trouble = archive.make(YIELDING, PATIENCE);
            if (trouble.isPresent()) {
                LOG.warn("class-archive-not-made", "why", trouble.get());
            } else {
                LOG.info("class-archive-made", "file", archive.file(),
                    "seconds", Duration.ofNanos(System.nanoTime() - begun).toSeconds());
            }
        } catch (IOException e) {
            LOG.warn("class-archive-not-made", "why", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();   // the server stops; the next start makes it
        }
    }

    /** Gives up what is not done. */
    public void stop() {
        thread.ifPresent(Thread::interrupt);
        try {
            if (thread.isPresent()) {
                thread.get().join(Duration.ofSeconds(5));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
