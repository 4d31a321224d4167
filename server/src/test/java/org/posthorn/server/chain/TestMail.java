package org.posthorn.server.chain;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.james.core.MailAddress;
import org.apache.james.core.MaybeSender;
import org.posthorn.mailets.port.Stage;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.wire.Content;

/** Mails for tests. */
public final class TestMail {

    /** A message of a few lines. */
    public static final String MESSAGE = """
        From: Ann <ann@client.example>\r
        Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r
        X-Odd:  kept\tas it \r
          came\r
        \r
        Hello,\r
        this is the body.\r
        """;

    private TestMail() {
    }

    /** An address. */
    public static Mailbox box(String text) {
        var at = text.lastIndexOf('@');
        return new Mailbox(text.substring(0, at), text.substring(at + 1));
    }

    /** An address as James has it. */
    public static MailAddress address(String text) {
        return Addresses.james(box(text)).orElseThrow();
    }

    /** A mail from ann@client.example after the 250. */
    public static PosthornMail to(String... recipients) {
        return at(Stage.ACCEPTED, Optional.of(MailMessage.of(content(MESSAGE))), recipients);
    }

    /** A mail from ann@client.example at some time. */
    public static PosthornMail at(Stage stage, Optional<MailMessage> message, String... recipients) {
        Map<MailAddress, Recipient> envelope = new LinkedHashMap<>();
        for (var recipient : recipients) {
            envelope.put(address(recipient), Recipient.of(box(recipient)));
        }
        return new PosthornMail(new MailFacts("1a", Addresses.james(ReversePath.of(box("ann@client.example")))
            .orElseThrow(), "192.0.2.7", stage, false), envelope, message, List.of());
    }

    /** A mail from the null sender after the 250. */
    static PosthornMail fromNobody(Optional<MailMessage> message, String recipient) {
        return new PosthornMail(new MailFacts("1a", MaybeSender.nullSender(), "192.0.2.7", Stage.ACCEPTED, false),
            Map.of(address(recipient), Recipient.of(box(recipient))), message, List.of());
    }

    /** Octets in memory. */
    public static Content content(String text) {
        return new MemoryContent(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The octets of a content. */
    public static String text(Content content) throws IOException {
        try (var in = content.open()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
