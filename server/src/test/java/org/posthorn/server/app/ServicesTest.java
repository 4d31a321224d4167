package org.posthorn.server.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

    @Test void aFailedStopDoesNotKeepTheOthersFromStopping() {
        var services = new Services(List.of(service("a", false), service("b", true)));
        assertThatThrownBy(() -> services.stop(Duration.ZERO)).isInstanceOf(IllegalStateException.class);
        assertThat(told).containsExactly("-b", "-a");
    }
}
