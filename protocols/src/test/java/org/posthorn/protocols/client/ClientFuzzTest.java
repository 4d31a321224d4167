package org.posthorn.protocols.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.net.TlsFacts;
import org.posthorn.protocols.net.Wire;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Recipient;

/** Whatever a server says, the client ends, throws nothing, and has one result for each recipient. */
class ClientFuzzTest {

    private static final List<String> REPLIES = List.of("220 hi", "250 ok", "250-a", "250 PIPELINING", "250-SIZE 9999",
        "250 DSN", "250 STARTTLS", "354 go", "421 bye", "450 4.2.1 later", "452 4.5.3 many", "550 5.1.1 no", "552 many",
        "999 what", "hello", "", "25", "250-PIPELINING", "250 CHUNKING");

    /** A server that has said everything already. */
    private record Babble(byte[] said, InputStream in) implements Wire {

        Babble(byte[] said) {
            this(said, new ByteArrayInputStream(said));
        }

        @Override public OutputStream out() {
            return OutputStream.nullOutputStream();
        }

        @Override public InetSocketAddress local() {
            return new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 40_000);
        }

        @Override public InetSocketAddress remote() {
            return new InetSocketAddress(InetAddress.ofLiteral("192.0.2.2"), 25);
        }

        @Override public void deadline(Duration within) {
            // Nothing is waited for.
        }

        @Override public Optional<TlsFacts> tls() {
            return Optional.empty();
        }

        @Override public void startTls() throws IOException {
            throw new IOException("no");
        }

        @Override public void close() {
            // Nothing is open.
        }
    }

    @Test void aBabblingServerGetsAResultForEachRecipient() throws IOException {
        var random = new Random(20_260_103);
        var sent = 0;
        for (var round = 0; round < 4_000; round++) {
            var script = new StringBuilder("220 hi\r\n250-a\r\n250 PIPELINING\r\n");
            for (var i = random.nextInt(30); i > 0; i--) {
                var likely = random.nextInt(3) > 0 ? REPLIES.get(1 + 6 * random.nextInt(2)) : REPLIES.get(
                    random.nextInt(REPLIES.size()));
                script.append(likely).append("\r\n");
            }
            var wire = new Babble(script.toString().getBytes(StandardCharsets.UTF_8));
            var settings = new ClientSettings("me.example", TlsMode.OPPORTUNISTIC, ClientDeadlines.RFC_5321);
            try (var client = round % 2 == 0 ? new SmtpClient(wire, settings) : new LmtpClient(wire, settings)) {
                assertThat(client.open()).isEmpty();
                var recipients = IntStream.rangeClosed(0, random.nextInt(5))
                    .mapToObj(i -> Recipient.of(new Mailbox("u" + i, "far.example"))).toList();
                var envelope = new Envelope(ReversePath.none(), MailParameters.NONE, recipients);
                for (var message = 0; message < 3 && client.isUsable(); message++) {
                    var results = client.send(envelope, SmtpClientTest.content("x\r\n"));
                    assertThat(results).extracting(RecipientResult::recipient).isEqualTo(recipients);
                    sent++;
                }
                client.quit();
            }
        }
        assertThat(sent).isGreaterThan(4_000);
    }
}
