package org.posthorn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AskForQueueTest {

    /** A server that answers each line with the next of these. */
    private static Invocation against(List<String> answers, String... more) throws IOException {
        try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var server = Thread.ofVirtual().start(() -> {
                try (var socket = listening.accept()) {
                    for (var answer : answers) {
                        socket.getOutputStream().write((answer + "\r\n").getBytes(StandardCharsets.US_ASCII));
                        for (var octet = socket.getInputStream().read(); octet >= 0 && octet != '\n';) {
                            octet = socket.getInputStream().read();
                        }
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            var words = new java.util.ArrayList<>(List.of("etrn", "127.0.0.1:" + listening.getLocalPort()));
            words.addAll(List.of(more));
            var invocation = Invocation.of("", words);
            server.interrupt();
            return invocation;
        }
    }

    @ParameterizedTest
    @CsvSource({"'250 2.0.0 OK', 0", "'253 2.0.0 OK', 0",
        "'458 4.3.0 No', 4", "'459 4.7.1 No', 4", "'500 5.5.2 No', 5"})
    void theAnswerIsPrintedAndItsClassIsTheExitCode(String answer, int code) throws IOException {
        assertThat(against(List.of("220 far", "250 far", answer, "221 bye"), "branch.example"))
            .isEqualTo(new Invocation(code, answer + "\n", ""));
    }

    @Test void withoutAnAnswerItFailed() throws IOException {
        assertThat(against(List.of("554 go away"), "branch.example"))
            .isEqualTo(new Invocation(1, "", "posthorn: greeting: 554 go away\n"));
        assertThat(against(List.of("220 far", "250 far"), "branch.example").code()).isEqualTo(1);
        assertThat(against(List.of("220 far", "250 far"), "branch.example", "--user", "a@b.example:c").err())
            .contains("STARTTLS");
    }

    @Test void whatIsNoServerOrNoNodeIsNotUnderstood() {
        for (var words : List.of(List.of("etrn", "h:x", "a.example"), List.of("etrn", "h", "a..example"),
            List.of("etrn", "h", "a.example", "--tls", "maybe"), List.of("etrn", "h"),
            List.of("etrn", "h", "a.example", "--tls", "never", "--user", "u"))) {
            assertThat(Invocation.of("", words).code()).as(words.toString()).isEqualTo(2);
        }
    }
}
