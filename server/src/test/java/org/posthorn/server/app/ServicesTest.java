package org.posthorn.server.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.posthorn.server.Service;

class ServicesTest {

    private final List<String> told = new ArrayList<>();

    private Service service(String name, boolean breaks) {
        return new Service() {
            @Override public void start() throws IOException {
                told.add("+" + name);
                if (breaks) {
                    throw new IOException(name + " broke");
                }
            }

            @Override public void stop(Duration grace) {
                told.add("-" + name);
                if (breaks) {
                    throw new IllegalStateException(name + " broke again");
                }
            }
        };
    }

    @Test void stopIsInReverse() throws IOException {
        var services = new Services(List.of(service("a", false), service("b", false)));
        services.start();
        services.stop(Duration.ZERO);
        assertThat(told).containsExactly("+a", "+b", "-b", "-a");
    }

    @Test void aFailedStartStopsWhatIsUp() {
        var services = new Services(List.of(service("a", false), service("b", true), service("c", false)));
        assertThatThrownBy(services::start).isInstanceOf(IOException.class).hasMessage("b broke")
            .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(told).containsExactly("+a", "+b", "-b", "-a");
    }

    /** Who was up would be interrupted in the middle of a query, and the log full of a database that broke. */
    @Test void whatIsUpHasTimeToEndWhenAnotherFailsToStart() {
        var graces = new ArrayList<Duration>();
        var up = new Service() {
            @Override public void start() {
                // It runs.
            }

            @Override public void stop(Duration grace) {
                graces.add(grace);
            }
        };
        var services = new Services(List.of(up, up, service("b", true)), () -> 0);
        assertThatThrownBy(services::start).isInstanceOf(IOException.class);
        assertThat(graces).hasSize(2).allMatch(grace -> grace.toSeconds() == 5);
    }

    @Test void theGraceIsForAllTogether() {
        var now = new AtomicLong(Long.MAX_VALUE);       // a clock of nanoseconds may run over
        var graces = new ArrayList<Duration>();
        var slow = new Service() {
            @Override public void start() {
                // It runs.
            }

            @Override public void stop(Duration grace) {
                graces.add(grace);
                now.addAndGet(Duration.ofSeconds(4).toNanos());
            }
        };
        new Services(List.of(slow, slow, slow, slow), now::get).stop(Duration.ofSeconds(10));
        assertThat(graces).containsExactly(Duration.ofSeconds(10), Duration.ofSeconds(6), Duration.ofSeconds(2),
            Duration.ZERO);
    }

    @Test void aFailedStopDoesNotKeepTheOthersFromStopping() {
        var services = new Services(List.of(service("a", false), service("b", true)));
        assertThatThrownBy(() -> services.stop(Duration.ZERO)).isInstanceOf(IllegalStateException.class);
        assertThat(told).containsExactly("-b", "-a");
    }
}
