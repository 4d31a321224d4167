package org.posthorn.protocols.smtp;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.posthorn.protocols.address.AddressParser;
import org.posthorn.protocols.address.AddressResult;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.wire.DotReader;
import org.posthorn.protocols.wire.Line;
import org.posthorn.protocols.wire.LineReader;

/** What every command and every octet of a message goes through. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ProtocolBenchmark {

    private static final byte[] COMMANDS = ("EHLO client.example.org\r\nMAIL FROM:<ann@example.org> SIZE=4096\r\n"
        + "RCPT TO:<bob@example.net>\r\nDATA\r\n").getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TEXT = ("Subject: 4 KiB\r\n\r\n" + ("x".repeat(76) + "\r\n").repeat(52) + ".\r\n")
        .getBytes(StandardCharsets.US_ASCII);

    private final SessionSettings settings = SessionSettings.smtp("mx.example.org");
    private final CommandParser parser = new CommandParser(Extensions.of(settings, List.of(), false, false), settings);
    private final AddressParser addresses = AddressParser.ascii();
    private final Line.Text mail = text("MAIL FROM:<ann@example.org> SIZE=4096 BODY=8BITMIME");
    private final Line.Text rcpt = text("RCPT TO:<bob@example.net>");

    private static Line.Text text(String line) {
        return new Line.Text(line.getBytes(StandardCharsets.US_ASCII));
    }

    /** Four command lines. */
    @Benchmark public int lineReader() throws IOException {
        var lines = new LineReader(new BufferedInputStream(new ByteArrayInputStream(COMMANDS), 1024));
        var count = 0;
        while (lines.read(1000) instanceof Line.Text) {
            count++;
        }
        return count;
    }

    /** A message of 4 KiB, from its first octet to the dot. */
    @Benchmark public long dotReader() throws IOException {
        return new DotReader(new BufferedInputStream(new ByteArrayInputStream(TEXT), 16_384))
            .transferTo(OutputStream.nullOutputStream());
    }

    /** MAIL with two parameters. */
    @Benchmark public Command mailCommand() {
        return parser.parse(mail, false);
    }

    /** RCPT without any. */
    @Benchmark public Command rcptCommand() {
        return parser.parse(rcpt, false);
    }

    /** A plain address. */
    @Benchmark public AddressResult<Mailbox> address() {
        return addresses.mailbox("ann.other+tag@mail.example.org");
    }

    /** A quoted local part at an address literal. */
    @Benchmark public AddressResult<Mailbox> quotedAddress() {
        return addresses.mailbox("\"ann b. \\\"c\\\"\"@[192.0.2.1]");
    }
}
