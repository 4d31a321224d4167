package org.posthorn.server.delivery.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.users.MemoryDirectory;
import org.posthorn.server.users.Quota;

/** Which mailboxes are remembered, and that nobody waits for somebody else's. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)   // waiting for a lock hears no interrupt
class MaildirSpaceTest {

    private static final int MOST = 10_000;
    private static final Mailbox ANN = new Mailbox("ann", "example.net");

    @TempDir private Path root;
    private final MemoryDirectory users = new MemoryDirectory();

    @BeforeEach void start() {
        users.user(ANN.toString());
        users.setQuota(ANN, Optional.of(new Quota(100, 1)));
    }

    private MaildirSpace space(LongSupplier nanos) {
        return new MaildirSpace(new LocalConfig(root, "mx.example.org", 8), users, nanos);
    }

    /** So many others that the first one would be forgotten. */
    private void lookAtOthers(MaildirSpace space) throws IOException {
        for (var i = 0; i < MOST; i++) {
            var other = new Mailbox("u" + i, "example.net");
            users.user(other.toString());
            users.setQuota(other, Optional.of(new Quota(100, 1)));
            assertThat(space.isFull(other, 1)).isFalse();
        }
    }

    @Test void aMailboxThatIsLookedAtKeepsNoOtherWaitingAndIsNotForgotten() throws Exception {
        var looking = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var space = space(() -> {
            if (Thread.currentThread().getName().equals("slow")) {
                looking.countDown();
                await(goOn);
            }
            return 0;
        });
        var reserving = new FutureTask<>(() -> space.reserve(ANN, 60));
        Thread.ofPlatform().daemon().name("slow").start(reserving);
        looking.await();
        lookAtOthers(space);
        goOn.countDown();
        try (var place = reserving.get().orElseThrow()) {
            assertThat(place).isNotNull();
            assertThat(space.reserve(ANN, 1)).as("its room counts").isEmpty();
        }
        assertThat(space.reserve(ANN, 1)).as("and is given back").isPresent();
    }

    @Test void reservedRoomIsNotForgottenForOthers() throws IOException {
        var space = space(System::nanoTime);
        try (var place = space.reserve(ANN, 60).orElseThrow()) {
            assertThat(place).isNotNull();
            lookAtOthers(space);
            assertThat(space.isFull(ANN, 1)).isTrue();
        }
        assertThat(space.isFull(ANN, 1)).isFalse();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
