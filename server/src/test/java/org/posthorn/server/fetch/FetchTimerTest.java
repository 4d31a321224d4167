package org.posthorn.server.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.posthorn.mailets.port.HostPort;
import org.posthorn.server.config.SecretFile;

class FetchTimerTest {

    private final LinkedBlockingQueue<Errand> asked = new LinkedBlockingQueue<>();

    private FetchTimer timer(Duration every, boolean atStart, Errands errands) {
        return new FetchTimer(new FetchConfig(List.of(new Upstream("isp", new HostPort("mail.example.net", 25),
            Errand.Way.ETRN, List.of("a.example"), new Errand.Line(Security.NONE, false), "",
            new SecretFile(Path.of("none")), every, atStart))), errands);
    }

    @Test void itAsksAtTheStartAndAgainThoughItFails() throws InterruptedException {
        var timer = timer(Duration.ofMillis(1), true, errand -> {
            asked.add(errand);
            if (asked.size() == 1) {
                throw new IllegalStateException("a bug");
            }
            return new Report.Failed("the line is down");
        });
        timer.start();
        for (var i = 0; i < 3; i++) {
            assertThat(asked.poll(10, TimeUnit.SECONDS)).isNotNull();
        }
        timer.stop(Duration.ZERO);
    }

    @Test void onceAtTheStartIsEnoughWhereNothingElseIsSaid() throws InterruptedException {
        var timer = timer(Duration.ZERO, true, errand -> {
            asked.add(errand);
            return new Report.Failed("the line is down");
        });
        timer.start();
        assertThat(asked.poll(10, TimeUnit.SECONDS)).isNotNull();
        assertThat(asked.poll(50, TimeUnit.MILLISECONDS)).isNull();
        timer.stop(Duration.ZERO);
    }

    @Test void withoutAStartItWaitsFirst() throws InterruptedException {
        var timer = timer(Duration.ofHours(1), false, errand -> {
            asked.add(errand);
            return new Report.Failed("the line is down");
        });
        timer.start();
        assertThat(asked.poll(50, TimeUnit.MILLISECONDS)).isNull();
        timer.stop(Duration.ZERO);
    }
}
