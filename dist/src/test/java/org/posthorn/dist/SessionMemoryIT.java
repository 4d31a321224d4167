package org.posthorn.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a session costs that does nothing, in live octets of the heap, counted, not timed; and that it comes back. The
 * stack of its parked thread comes on top, 2.9 KiB once its code is compiled and more before. See docs/performance.md.
 */
class SessionMemoryIT {

    private static final int SESSIONS = 400;
    private static final int FLOOD = 3_500;
    /** Sessions that come one by one hold 4 KiB each: this is more than half. */
    private static final long OF_FLOOD_KIB = 8 << 10;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long MOST = 3_300;
    private static final Pattern TOTAL = Pattern.compile("^Total +\\d+ +(\\d+)", Pattern.MULTILINE);
    private static final Pattern OLD = Pattern.compile("(?i)tenured.* used (\\d+)K");
    private static final Pattern NOT_OURS = Pattern.compile(" (\\d+)  \\S*(?:FillerElement;|StackChunk) ");

    @TempDir private Path temp;
    private final List<Talk> talks = new ArrayList<>();

    @AfterEach void close() throws IOException {
        for (var talk : talks) {
            talk.close();
        }
        talks.clear();
    }

    @Test void anIdleSessionIsSmallAlsoAfterAMessage() throws Exception {
        try (var posthorn = started()) {
            // The first ones load classes.
            open(posthorn, 20);
            var before = live(posthorn);
            open(posthorn, SESSIONS);
            var greeted = live(posthorn);
            assertThat((greeted - before) / SESSIONS).as("octets of a session that was greeted").isLessThan(MOST);
            var long4k = ("NOOP " + "x".repeat(400) + "\r\n").repeat(20);
            for (var talk : talks.subList(20, talks.size())) {
                talk.write(long4k);
                for (var i = 0; i < 20; i++) {
                    assertThat(talk.reply()).startsWith("250");
                }
            }
            assertThat((live(posthorn) - before) / SESSIONS).as("octets of a session whose buffers were full")
                .isLessThan(MOST);
        }
    }

    @Test void whatManySessionsHeldComesBackWhenTheyHaveGone() throws Exception {
        try (var posthorn = started()) {
            open(posthorn, FLOOD);
            posthorn.jcmd("GC.run");   // they are old objects now, as sessions are that last
            var held = old(posthorn);
            close();
            var until = System.nanoTime() + PATIENCE.toNanos();
            var now = held;
            while (now > held - OF_FLOOD_KIB && System.nanoTime() < until) {
                now = old(posthorn);
            }
            assertThat(now).as("KiB of old objects, %s while the sessions were there", held)
                .isLessThanOrEqualTo(held - OF_FLOOD_KIB);
        }
    }

    private Posthorn started() throws Exception {
        var posthorn = Posthorn.init(temp.resolve("home"));
        var listeners = posthorn.conf("listeners.xml");
        Files.writeString(listeners, Files.readString(listeners)
            .replace("<max-sessions>2000<", "<max-sessions>5000<")
            .replace("<max-sessions-per-address>200<", "<max-sessions-per-address>5000<"));
        posthorn.start();
        return posthorn;
    }

    /** KiB of old objects, garbage among them. */
    private static long old(Posthorn posthorn) throws IOException {
        var said = posthorn.jcmd("GC.heap_info");
        var used = OLD.matcher(said);
        assertThat(used.find()).as(said).isTrue();
        return Long.parseLong(used.group(1));
    }

    private void open(Posthorn posthorn, int number) throws IOException {
        for (var i = 0; i < number; i++) {
            var talk = posthorn.talk("smtp");
            talks.add(talk);
            assertThat(talk.say("EHLO client.example")).startsWith("250");
        }
    }

    /** Octets of all objects that are reachable in the process but stacks, as its JVM counts them. */
    private static long live(Posthorn posthorn) throws IOException {
        var said = posthorn.jcmd("GC.class_histogram");
        var total = TOTAL.matcher(said);
        assertThat(total.find()).as(said).isTrue();
        var others = NOT_OURS.matcher(said).results().mapToLong(found -> Long.parseLong(found.group(1))).sum();
        return Long.parseLong(total.group(1)) - others;
    }
}
