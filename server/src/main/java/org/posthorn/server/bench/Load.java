package org.posthorn.server.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.posthorn.server.bench.Workload.Amount;

/** Sends the messages of one run, a thread for each session, and notes how long each waited for its 250. */
final class Load {

    static final String SENDER = "sender@client.test";

    private static final int GIVE_UP = 100;   // so many refused: the rest would be too

    private final InetSocketAddress door;
    private final String recipient;
    private final Workload workload;
    private final Amount amount;
    private final Numbered messages;
    private final List<Thread> sessions = new ArrayList<>();
    private final Set<PlainClient> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicReference<String> refusal = new AtomicReference<>("");
    private final AtomicLongArray waits;   // nanoseconds from the dot to the 250, at least 1; 0: not accepted
    private final AtomicLong lastAccepted = new AtomicLong(Long.MIN_VALUE);
    private volatile boolean stopped;
    private volatile Instant begun = Instant.MIN;
    private volatile long begunNanos;

    Load(InetSocketAddress door, String recipient, Workload workload, Amount amount, String run) {
        this.door = door;
        this.recipient = recipient;
        this.workload = workload;
        this.amount = amount;
        this.messages = new Numbered(run, recipient, amount.size());
        this.waits = new AtomicLongArray(amount.messages());
    }

    void start() {
        begun = Instant.now();
        begunNanos = System.nanoTime();
        for (var i = 0; i < amount.sessions(); i++) {
            sessions.add(Thread.ofPlatform().daemon().name("bench-session-" + i).start(this::session));
        }
    }

    /** Whether all was sent, or given up. */
    boolean isDone() {
        return sessions.stream().noneMatch(Thread::isAlive);
    }

    /** Ends it, wherever it is. */
    void stop() throws IOException, InterruptedException {
        stopped = true;
        for (var client : open) {
            client.close();
        }
        for (var session : sessions) {
            session.join(Duration.ofSeconds(5));
        }
    }

    private void session() {
        var number = next.getAndIncrement();
        while (isToSend(number)) {
            var sending = number;
            try (var client = PlainClient.to(door)) {
                open.add(client);
                try {
                    client.begin("EHLO");
                    for (var sent = 0; sent < workload.perConnection() && isToSend(number); sent++) {
                        sending = number;
                        send(client, number);
                        number = next.getAndIncrement();
                    }
                    client.ask("QUIT");
                } finally {
                    open.remove(client);
                }
            } catch (IOException e) {
                if (waits.get(sending) == 0) {   // else it was the goodbye that got lost, which hurts nobody
                    refused.incrementAndGet();
                    refusal.compareAndSet("", String.valueOf(e.getMessage()));
                    number = next.getAndIncrement();
                }
            }
        }
    }

    private boolean isToSend(int number) {
        return number < amount.messages() && refused.get() < GIVE_UP && !stopped;
    }

    private void send(PlainClient client, int number) throws IOException {
        var commands = List.of("MAIL FROM:<" + SENDER + ">", "RCPT TO:<" + recipient + ">", "DATA");
        if (workload.perConnection() > 1) {
            client.say((String.join("\r\n", commands) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            for (var i = 0; i < commands.size(); i++) {
                client.hear();
            }
        } else {
            for (var command : commands) {
                client.ask(command);
            }
        }
        messages.say(client, number);
        var said = System.nanoTime();
        client.hear();
        var heard = System.nanoTime();
        waits.set(number, Math.max(1, heard - said));
        lastAccepted.accumulateAndGet(heard - begunNanos, Math::max);
        accepted.incrementAndGet();
    }

    boolean isAccepted(int number) {
        return waits.get(number) > 0;
    }

    int messages() {
        return amount.messages();
    }

    int accepted() {
        return accepted.get();
    }

    /** When the first connection was asked for. */
    Instant begun() {
        return begun;
    }

    /** From then to the last 250; zero when there was none. */
    Duration took() {
        return Duration.ofNanos(Math.max(0, lastAccepted.get()));
    }

    /** Nanoseconds from the dot to the 250, of those accepted, ascending. */
    long[] waits() {
        return IntStream.range(0, waits.length()).mapToLong(waits::get).filter(wait -> wait > 0)
            .sorted().toArray();
    }

    /** How many were not accepted, and what the first was told; empty when all were. */
    Optional<Refused> refused() {
        var missing = amount.messages() - accepted();
        return missing == 0 ? Optional.empty() : Optional.of(new Refused(missing, refusal.get()));
    }

    /** Messages that were not accepted. */
    record Refused(int messages, String first) {
    }
}
