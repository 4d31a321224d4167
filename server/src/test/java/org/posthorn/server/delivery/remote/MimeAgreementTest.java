package org.posthorn.server.delivery.remote;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.mime.SevenBit;
import org.posthorn.protocols.wire.Content;

/** What a mail reader makes of a converted message is what it made of the original. */
class MimeAgreementTest {

    private final Random random = new Random(20_261_122);
    private int boundaries;

    private static Content content(byte[] octets) {
        return new Content() {
            @Override public long octets() {
                return octets.length;
            }

            @Override public InputStream open() {
                return new ByteArrayInputStream(octets);
            }
        };
    }

    @Test void aReaderSeesTheSameMessage() throws IOException, MessagingException {
        var converted = 0;
        for (var round = 0; round < 1_000; round++) {
            var message = ("From: ann@example.org\r\nMIME-Version: 1.0\r\n" + entity(3))
                .getBytes(StandardCharsets.UTF_8);
            switch (SevenBit.of(content(message), false)) {
                case SevenBit.Found.Plain _ -> { }
                case SevenBit.Found.Stuck(var why) -> throw new AssertionError(why);
                case SevenBit.Found.Convertible(var form) -> {
                    try (var in = form.open()) {
                        var octets = in.readAllBytes();
                        assertThat(new String(octets, StandardCharsets.ISO_8859_1)).isASCII();
                        assertThat(leaves(octets)).isEqualTo(leaves(message));
                    }
                    converted++;
                }
            }
        }
        assertThat(converted).isGreaterThan(500);
    }

    private String entity(int depth) {
        var kind = depth == 0 ? random.nextInt(3) : random.nextInt(5);
        return switch (kind) {
            case 0 -> "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + text();
            case 1 -> "Content-Type: application/x-thing\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + text();
            case 2 -> "Content-Type: text/html; charset=utf-8\r\n\r\n" + text();
            case 3 -> "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n\r\nSubject: in\r\n"
                + "MIME-Version: 1.0\r\n" + entity(depth - 1);
            default -> multipart(depth);
        };
    }

    private String multipart(int depth) {
        var boundary = "b" + boundaries++;
        var parts = new StringBuilder("Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\r\n\r\n");
        for (var i = 1 + random.nextInt(3); i > 0; i--) {
            parts.append("\r\n--").append(boundary).append("\r\n").append(entity(depth - 1));
        }
        return parts.append("\r\n--").append(boundary).append("--\r\n").toString();
    }

    private String text() {
        var words = List.of("plain ", "J\u00fcrgen", "\u041c\u0438\u0440 ", "=", "\r\n", " \t", "--b", "\r\n.",
            "x".repeat(90), "\ud83d\ude00", "\r\n \r\n");
        var text = new StringBuilder("x");
        for (var i = random.nextInt(12); i > 0; i--) {
            text.append(words.get(random.nextInt(words.size())));
        }
        return text.append("end\r\n").toString();
    }

    private static List<String> leaves(byte[] message) throws IOException, MessagingException {
        var leaves = new ArrayList<String>();
        collect(new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(message)), leaves);
        return leaves;
    }

    private static void collect(Part part, List<String> leaves) throws IOException, MessagingException {
        if (part.isMimeType("multipart/*")) {
            var parts = (Multipart) part.getContent();
            for (var i = 0; i < parts.getCount(); i++) {
                collect(parts.getBodyPart(i), leaves);
            }
        } else if (part.isMimeType("message/rfc822")) {
            collect((Part) part.getContent(), leaves);
        } else {
            try (var in = part.getInputStream()) {
                leaves.add(part.getContentType() + " " + HexFormat.of().formatHex(in.readAllBytes()));
            }
        }
    }
}
