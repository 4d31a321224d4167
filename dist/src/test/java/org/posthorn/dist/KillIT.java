package org.posthorn.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL at random moments while messages come in: each acknowledged one is in the Maildir exactly once. */
class KillIT {

    private static final int ROUNDS = 20;
    private static final int SESSIONS = 4;
    private static final long SEED = 20_261_121;   // moments differ all the same: the machine decides

    @TempDir private Path temp;

    private final Set<String> acknowledged = new ConcurrentSkipListSet<>();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger acknowledgedThisRound = new AtomicInteger();

    @Test void everyAcknowledgedMessageArrivesExactlyOnce() throws Exception {
        var random = new Random(SEED);
        try (var posthorn = Posthorn.init(temp.resolve("home"), "--user", "kim@local.test")) {
            for (var round = 0; round < ROUNDS; round++) {
                posthorn.start();
                acknowledgedThisRound.set(0);
                try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
                    var running = new ArrayList<Future<?>>();
                    var port = posthorn.port("smtp");
                    for (var i = 0; i < SESSIONS; i++) {
                        running.add(clients.submit(() -> sendUntilKilled(port)));
                    }
                    posthorn.waitUntil("arrivals", () -> acknowledgedThisRound.get() >= 5);
                    TimeUnit.MILLISECONDS.sleep(random.nextInt(200));   // the random moment
                    posthorn.kill();
                    for (var client : running) {
                        client.get();
                    }
                }
            }
            posthorn.start();
            var last = posthorn.send("x@client.example", "kim@local.test", "Subject: last\n\nmark-last\n");
            assertThat(last).startsWith("250");
            posthorn.arrived("kim", "mark-last");
            posthorn.waitUntil("an empty queue", () -> queueIsEmpty(posthorn));
            posthorn.stop();
            var found = marks(posthorn.mailbox("kim"));
            assertThat(found).as("nothing twice").doesNotHaveDuplicates();
            assertThat(new TreeSet<>(found)).as("nothing lost").containsAll(acknowledged);
            assertThat(acknowledged).hasSizeGreaterThan(ROUNDS * 5);
        }
    }

    private static boolean queueIsEmpty(Posthorn posthorn) {
        try {
            return posthorn.at("queue", "list", "--json").output().strip().matches("(?s).*\\[\\s*\\].*");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Void sendUntilKilled(int port) {
        try (var talk = Talk.open(port)) {
            talk.say("EHLO client.example");
            while (true) {
                var mark = "mark-" + next.incrementAndGet() + "-";
                talk.say("MAIL FROM:<x@client.example>");
                talk.say("RCPT TO:<kim@local.test>");
                talk.say("DATA");
                talk.write("Subject: round\r\n\r\n" + mark + "\r\n" + "x".repeat(70).concat("\r\n").repeat(50));
                if (!talk.say(mark + "end\r\n.").startsWith("250")) {
                    return null;
                }
                acknowledged.add(mark);
                acknowledgedThisRound.incrementAndGet();
            }
        } catch (IOException e) {
            return null;   // killed: what was not acknowledged may arrive or not
        }
    }

    private static List<String> marks(List<Path> files) throws IOException {
        var marks = new ArrayList<String>();
        var whole = Pattern.compile("^(mark-\\d+-)\\R(?:x{70}\\R){50}\\1end\\R", Pattern.MULTILINE);
        for (var file : files) {
            var text = Files.readString(file);
            if (!text.contains("mark-last")) {
                var mark = whole.matcher(text);
                assertThat(mark.find()).as("torn: " + file).isTrue();
                marks.add(mark.group(1));
            }
        }
        return marks;
    }
}
