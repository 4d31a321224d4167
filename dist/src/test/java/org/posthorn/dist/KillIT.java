package org.posthorn.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL at random moments, during starts too, while messages come in by SMTP and LMTP and go out to Maildirs and to
 * an LMTP store: each acknowledged one is there once and whole. In a Maildir nothing is ever there twice, acknowledged
 * or not. In the store a second copy may come from a later life of the server, which cannot know that the first was
 * taken when it died before it had written that down; never two from one life.
 *
 * <p>{@code -Dposthorn.kill.rounds=200}, {@code -Dposthorn.kill.seed=7}; .ci/kill-check runs it so.
 */
class KillIT {

    private static final int ROUNDS = Integer.getInteger("posthorn.kill.rounds", 5);
    private static final long SEED = Long.getLong("posthorn.kill.seed", System.nanoTime());
    private static final int BLOCK = 25;        // rounds between two looks at what arrived
    private static final int SMTP_SESSIONS = 4;
    private static final int LMTP_SESSIONS = 2;
    private static final int STORE_CONNECTIONS = 20;    // <lmtp><concurrency> in conf/delivery.xml

    @TempDir private Path temp;

    private final Random random = new Random(SEED);     // when; what else happens until then the machine decides
    private final Traffic traffic = new Traffic();
    private final Set<Traffic.Sent> found = new HashSet<>();
    private final Map<Integer, Set<Integer>> lives = new HashMap<>();   // in which lives the store got a message
    private int twice;

    @Test void everyAcknowledgedMessageArrivesExactlyOnce() throws Exception {
        try (var store = new Store();
             var posthorn = Posthorn.init(temp.resolve("home"), "--user", "kim@local.test", "--user",
                 "lee@local.test", "--relay-domain", "store.test=lmtp:127.0.0.1:" + store.port())) {
            for (var round = 1; round <= ROUNDS; round++) {
                store.life(round);
                if (round % 10 == 0) {
                    killWhileItStarts(posthorn);
                } else {
                    killWhileItWorks(posthorn);
                }
                if (round % BLOCK == 0 || round == ROUNDS) {
                    store.life(-round);
                    look(posthorn, store);
                }
            }
            var late = new HashSet<>(traffic.unanswered());
            late.retainAll(found);
            var summary = "%d kills, seed %d: %d recipients acknowledged, %d killed between dot and reply, of which %d"
                .formatted(ROUNDS, SEED, traffic.acknowledged().size(), traffic.unanswered().size(), late.size())
                + " arrived; %d twice in the store; %d refused".formatted(twice, traffic.refused().size());
            Files.writeString(Path.of("target", "kill.txt"), summary + "\n");
            assertThat(traffic.acknowledged()).as(summary).hasSizeGreaterThan(ROUNDS);
            assertThat(twice).as(summary).isLessThanOrEqualTo(ROUNDS * STORE_CONNECTIONS);
        }
    }

    private void killWhileItStarts(Posthorn posthorn) throws Exception {
        posthorn.launch();
        TimeUnit.MILLISECONDS.sleep(random.nextInt(1500));   // the random moment
        posthorn.kill();
    }

    private void killWhileItWorks(Posthorn posthorn) throws Exception {
        posthorn.start();
        var ports = Map.of("smtp", posthorn.port("smtp"), "lmtp", posthorn.port("lmtp"));
        var before = traffic.answers();
        var wanted = 1 + random.nextInt(20);
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new ArrayList<Future<?>>();
            for (var i = 0; i < SMTP_SESSIONS + LMTP_SESSIONS; i++) {
                var protocol = i < SMTP_SESSIONS ? "smtp" : "lmtp";
                running.add(clients.submit(() -> traffic.sendUntilKilled(ports.get(protocol), protocol)));
            }
            posthorn.waitUntil("answers", () -> traffic.answers() >= before + wanted);
            TimeUnit.MILLISECONDS.sleep(random.nextInt(300));   // the random moment
            posthorn.kill();
            for (var client : running) {
                client.get();
            }
        }
    }

    /** Lets all that waits arrive, looks at it, and takes it away. */
    private void look(Posthorn posthorn, Store store) throws Exception {
        posthorn.start();
        posthorn.waitUntil("an empty queue", () -> queueIsEmpty(posthorn));
        posthorn.stop();
        for (var user : List.of("kim", "lee")) {
            for (var file : posthorn.mailbox(user)) {
                var sent = new Traffic.Sent(number(Files.readString(file, StandardCharsets.ISO_8859_1)), user);
                assertThat(found.add(sent)).as("twice: " + sent).isTrue();
                Files.delete(file);
            }
        }
        for (var copy : store.copies()) {
            var number = number(copy.text());
            assertThat(lives.computeIfAbsent(number, _ -> new HashSet<>()).add(copy.life()))
                .as("twice in one life: " + number).isTrue();
            twice += found.add(new Traffic.Sent(number, "far")) ? 0 : 1;
        }
        store.clear();
        var lost = new HashSet<>(traffic.acknowledged());
        lost.removeAll(found);
        assertThat(lost).as("lost, seed " + SEED).isEmpty();
    }

    private static int number(String text) {
        return Numbered.number(text).orElseThrow(() -> new AssertionError("torn, seed " + SEED + ": " + text));
    }

    private static boolean queueIsEmpty(Posthorn posthorn) {
        try {
            return posthorn.at("queue", "list", "--json").output().strip().matches("(?s).*\\[\\s*\\].*");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
