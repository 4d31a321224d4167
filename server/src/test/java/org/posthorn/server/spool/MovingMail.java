package org.posthorn.server.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.database.DatabaseConfig;
import org.posthorn.server.database.DerbyDatabase;
import org.posthorn.server.delivery.Job;
import org.posthorn.server.delivery.Outcome;
import org.posthorn.server.delivery.local.LocalConfig;
import org.posthorn.server.delivery.local.MaildirAgent;
import org.posthorn.server.delivery.local.MaildirSpace;
import org.posthorn.server.users.MemoryDirectory;
import org.posthorn.server.users.UsersConfig;

/**
 * A home in which mail is moved about: taken by several threads, given a new header, delivered to Maildirs, put off;
 * settled rows are removed, segments emptied, tables compressed. What message a number stands for is known at any time,
 * so that what a crash left can be judged.
 */
final class MovingMail implements AutoCloseable {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int SENDERS = 3;

    private final Path home;
    private final TestClock clock = new TestClock();
    private final DerbyDatabase database;
    private final DerbySpool spool;
    private final MaildirAgent agent;
    private final AtomicInteger last = new AtomicInteger();

    /** What a sender was told. */
    record Accepted(int number, QueueId id, List<String> users) {
    }

    /** Told what was accepted, at once. */
    interface Ear {
        void hear(Accepted accepted);
    }

    MovingMail(Path home, Disk disk) {
        this.home = home;
        var users = new MemoryDirectory();
        for (var i = 0; i < 4; i++) {
            users.user("u" + i + "@example.net");
        }
        var local = new LocalConfig(home.resolve("mail"), "mx.example.org", 8);
        database = new DerbyDatabase(DatabaseConfig.of(home), Instant::now);
        spool = new DerbySpool(new SpoolConfig(home.resolve("data"), 16 << 10, 4 << 10, 20_000, Duration.ofSeconds(20),
            256, 1000, LONG, 0), database, disk, clock);
        agent = new MaildirAgent(local, users, new MaildirSpace(local, users), UsersConfig.defaults(), disk,
            clock);
    }

    void startDatabase() throws IOException {
        database.start();
    }

    void startSpool() throws IOException {
        spool.start();
    }

    @Override public void close() {
        spool.stop(LONG);
        database.stop(LONG);
    }

    /** Takes and delivers so many messages, and tidies up meanwhile and after it. */
    void run(int messages, Ear ear) throws Exception {
        var end = last.get() + messages;
        try (var threads = Executors.newCachedThreadPool()) {
            var working = new ArrayList<Future<?>>();
            var delivering = new ArrayList<Future<?>>();
            var left = new AtomicInteger(SENDERS);
            for (var i = 0; i < SENDERS; i++) {
                working.add(threads.submit(() -> send(end, ear, left)));
                delivering.add(threads.submit(() -> until(left, () -> deliver(2, Duration.ofMillis(50)))));
            }
            delivering.add(threads.submit(() -> until(left, () -> route(Duration.ofMillis(50), true))));
            for (var worker : working) {
                worker.get();
                clock.pass(Duration.ofSeconds(15));
                spool.tidy();
            }
            for (var worker : delivering) {
                worker.get();
            }
        }
        clock.pass(Duration.ofMinutes(1));
        for (var i = 0; i < 3; i++) {
            spool.tidy();
        }
        SpoolTables.NAMES.forEach(database::reclaim);
    }

    private Void send(int end, Ear ear, AtomicInteger left) {
        for (var number = last.incrementAndGet(); number <= end; number = last.incrementAndGet()) {
            var users = number % 4 == 0 ? List.of("u0", "u3") : List.of("u" + number % 4);
            var now = clock.instant();
            var state = hasForm(number) ? new RecipientState.Pending("root", now, 0, false) : local(number, now, true);
            var message = TestMessages.message(spool, now, text(number), state, users.toArray(String[]::new));
            spool.commit(Change.accept(message));
            ear.hear(new Accepted(number, message.id(), users));
        }
        last.updateAndGet(number -> Math.min(number, end));
        left.decrementAndGet();
        return null;
    }

    private static Void until(AtomicInteger left, Callable<Boolean> step) throws Exception {
        for (var some = true; some || left.get() > 0;) {
            some = step.call();
        }
        return null;
    }

    /** Some are put off for long. */
    private static RecipientState.Routed local(int number, Instant now, boolean maybeLater) {
        var due = maybeLater && number % 5 == 0 ? now.plus(Duration.ofDays(30)) : now;
        return new RecipientState.Routed(new Route("local", ""), due, 0, "");
    }

    private static boolean hasForm(int number) {
        return number % 3 == 0;
    }

    /** The pipeline's part: a new header before the old octets. */
    private boolean route(Duration wait, boolean maybeLater) throws IOException, InterruptedException {
        var claimed = spool.takePending(wait);
        if (claimed.isPresent()) {
            var message = claimed.get();
            var content = message.variantOf(message.recipients().getFirst()).content();
            var form = TestMessages.draft(spool, "X-Form: new\r\n");
            form.refer(content, 0);
            var number = number(TestMessages.text(content));
            var moved = message.recipients().stream().map(recipient -> new QueuedRecipient(recipient.number(),
                recipient.recipient(), message.variants().size(), local(number, clock.instant(), maybeLater))).toList();
            spool.commit(Change.settle(new Settlement(message.id(), List.of(new NewVariant(form, "")), moved, List.of(),
                List.of())));
            spool.release(message);
        }
        return claimed.isPresent();
    }

    private boolean deliver(int most, Duration wait) throws IOException, InterruptedException {
        var claims = spool.takeDue(most, wait);
        for (var claimed : claims) {
            var outcomes = agent.deliver(Job.of(claimed));
            assertThat(outcomes).allMatch(Outcome.Delivered.class::isInstance);
            spool.commit(Change.settle(Settlement.outcomes(claimed.id(), TestMessages.all(claimed,
                new RecipientState.Delivered(Reply.of(250, "2.0.0", "ok").toString())), List.of())));
            spool.release(claimed);
        }
        return !claims.isEmpty();
    }

    /** Delivers all that is here, then looks whether all these are there once, and whatever is there is whole. */
    void judge(List<Accepted> accepted) throws IOException, InterruptedException {
        accepted.stream().map(Accepted::id).max(QueueId::compareTo)
            .ifPresent(id -> assertThat(spool.nextId()).as("ids go on").isGreaterThan(id));
        clock.pass(Duration.ofDays(1));
        while (route(Duration.ZERO, false)) {
            assertThat(spool.counts().held()).isZero();
        }
        spool.startDelivery(_ -> true, clock.instant());
        while (deliver(100, Duration.ZERO)) {
            assertThat(spool.counts().held()).isZero();
        }
        assertThat(spool.counts()).as("all is settled").isEqualTo(new Spool.Counts(0, 0, 0));
        var found = new ArrayList<String>();
        for (var user : List.of("u0", "u1", "u2", "u3")) {
            var arrived = home.resolve("mail/example.net").resolve(user).resolve("Maildir/new");
            if (Files.isDirectory(arrived)) {
                try (var files = Files.list(arrived)) {
                    for (var file : files.toList()) {
                        found.add(user + " " + whole(file, user));
                    }
                }
            }
        }
        assertThat(found).as("nothing twice").doesNotHaveDuplicates();
        assertThat(new HashSet<>(found)).as("nothing lost").containsAll(accepted.stream().flatMap(message ->
            message.users().stream().map(user -> user + " " + message.number())).toList());
    }

    private static int whole(Path file, String user) throws IOException {
        var text = Files.readString(file, StandardCharsets.ISO_8859_1);
        var number = number(text);
        var expected = "Return-Path: <ann@example.org>\nDelivered-To: " + user + "@example.net\n"
            + (hasForm(number) ? "X-Form: new\n" : "") + text(number).replace("\r\n", "\n");
        assertThat(text.equals(expected)).as("whole: " + file).isTrue();
        return number;
    }

    private static int number(String text) {
        return Optional.of(text.indexOf("Subject: ")).filter(at -> at >= 0)
            .map(at -> Integer.parseInt(text.substring(at + 9, at + 15)))
            .orElseThrow(() -> new AssertionError("torn: " + text.length() + " octets without a number"));
    }

    /** Every seventh is large enough for a file of its own. */
    private static String text(int number) {
        var random = new Random(number);
        var text = new StringBuilder("Subject: %06d\r\n\r\n".formatted(number));
        for (var lines = number % 7 == 0 ? 200 : 1 + random.nextInt(20); lines > 0; lines--) {
            random.ints(60, 'a', 'z' + 1).forEach(letter -> text.append((char) letter));
            text.append("\r\n");
        }
        return text.toString();
    }
}
