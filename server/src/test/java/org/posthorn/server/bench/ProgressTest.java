package org.posthorn.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private final StringWriter out = new StringWriter();
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1000);   // it may wrap

    private Progress progress(boolean isTerminal) {
        return new Progress(new PrintWriter(out), isTerminal, clock::get);
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    @Test void onATerminalOneLineIsDrawnAgain() {
        var progress = progress(true);
        pass(Duration.ofMillis(100));
        progress.at("maildir run 1 of 3", 500, 2000);
        progress.at("maildir run 1 of 3", 501, 2000);   // too soon
        pass(Duration.ofMillis(100));
        progress.at("maildir run 1 of 3", 2001, 2000);
        progress.line("done");
        progress.line("really");
        assertThat(out).hasToString("\r\033[Kmaildir run 1 of 3 [######..................]  25 %  500 of 2,000"
            + "\r\033[Kmaildir run 1 of 3 [########################] 100 %  2,001 of 2,000"
            + "\r\033[Kdone" + System.lineSeparator() + "really" + System.lineSeparator());
    }

    @Test void elsewhereALineComesNowAndThen() {
        var progress = progress(false);
        pass(Duration.ofSeconds(9));
        progress.at("lmtp warm-up", 1, 3);
        pass(Duration.ofSeconds(1));
        progress.at("lmtp warm-up", 2, 3);
        progress.at("lmtp warm-up", 3, 3);
        assertThat(out).hasToString("lmtp warm-up: 66 %  2 of 3" + System.lineSeparator());
    }

    @Test void afterTheEndNothingIsSaid() {
        var progress = progress(true);
        progress.end("stopped");
        pass(Duration.ofSeconds(9));
        progress.at("x", 1, 3);
        progress.line("more");
        assertThat(out).hasToString("stopped" + System.lineSeparator());
    }
}
