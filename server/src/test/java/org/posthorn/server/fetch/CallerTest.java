package org.posthorn.server.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.posthorn.mailets.port.HostPort;
import org.posthorn.protocols.client.ClientDeadlines;
import org.posthorn.protocols.net.DeadlineWatch;

class CallerTest {

    @Test void aHandshakeThatFailsLeavesNothingToBeWatched() throws IOException {
        var watch = new DeadlineWatch();
        try (var listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (var socket = listening.accept()) {
                    socket.getOutputStream().write("220 no TLS here\r\n".getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                    // closed by the test
                }
            });
            assertThatThrownBy(() -> new Caller(watch).call(new HostPort("127.0.0.1", listening.getLocalPort()),
                new Errand.Line(Security.IMPLICIT, true), Optional.empty(), ClientDeadlines.RFC_5321))
                .isInstanceOf(IOException.class);
        }
        assertThat(watch.watched()).isZero();
    }
}
