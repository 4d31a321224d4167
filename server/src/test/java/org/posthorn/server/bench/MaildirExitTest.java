package org.posthorn.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaildirExitTest {

    @TempDir private Path fresh;

    @Test void beforeTheFirstMessageThereIsNoMailbox() throws IOException {
        var exit = new MaildirExit(fresh.resolve("none"), new Tally("t-maildir-1", 2));
        assertThat(exit.soFar()).isZero();
        assertThat(exit.tally().last()).isEmpty();
    }

    @Test void eachFileCountsByTheIdInItsHeader() throws IOException {
        var before = Instant.now().minusSeconds(1);
        Files.writeString(fresh.resolve("a"), "Received: x\nX-Bench-Id: t-maildir-1-0\n\nbody\n");
        Files.writeString(fresh.resolve("b"), "X-Bench-Id: t-maildir-1-2\nTo: a\n\nX-Bench-Id: t-maildir-1-1\n");
        Files.writeString(fresh.resolve("c"), "X-Bench-Id: t-maildir-1-2\n\nonce more\n");
        var exit = new MaildirExit(fresh, new Tally("t-maildir-1", 3));
        assertThat(exit.soFar()).isEqualTo(3);
        var tally = exit.tally();
        assertThat(tally.copies()).isEqualTo(3);
        assertThat(tally.doubled()).containsExactly(2);
        assertThat(tally.last().orElseThrow()).isBetween(before, Instant.now().plusSeconds(1));
    }
}
