package org.posthorn.server.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.smtp.Handling;

class UnwrittenOctetsTest {

    private static final Instant NOW = Instant.parse("2026-03-01T09:30:00Z");

    private static byte[] octets(PackedOutput out) {
        return out.part(0, out.size());
    }

    /** As version 1 wrote it, whose homes exist: without handling and without notices. */
    @Test void whatAnOlderPosthornLeftInTheJournalIsRead() {
        var out = new PackedOutput().number(1).number(4711).flag(true);
        out.text("ann").text("example.org").number(-1).text("EIGHT_BIT_MIME").flag(true).text("HDRS").text("QQ+2B3")
            .number(NOW.toEpochMilli()).text("smtp").text("192.0.2.7").text("client").text("");
        out.number(1).number(0);
        out.number(1).number(0).number(12).text("s1.0.9.zik0zj.0.9").text("").flag(false);
        out.number(1).number(0).number(0).text("bob").text("example.net").number(1).text("SUCCESS").text("rfc822;b@x");
        state(out);
        out.number(1).number(1).number(0);
        state(out);
        out.number(1).number(NOW.toEpochMilli()).text("").text("received").text("x");
        var read = UnwrittenOctets.read(octets(out)).iterator().next();
        assertThat(read.origin().orElseThrow().parameters().handling()).isEqualTo(Handling.NONE);
        assertThat(read.origin().orElseThrow().helo()).isEqualTo("client");
        assertThat(read.made()).singleElement().satisfies(made -> assertThat(made.recipient().originalRecipient())
            .isEqualTo("rfc822;b@x"));
        assertThat(read.moved().iterator().next().state()).isEqualTo(new RecipientState.Routed(
            new Route("remote", "example.net"), NOW, 3, "450 x"));
        assertThat(read.history()).hasSize(1);
    }

    private static void state(PackedOutput out) {
        out.number(RecipientRow.ROUTED).number(0).text("").number(NOW.toEpochMilli()).number(3).text("").flag(false)
            .text("remote").text("example.net").text("450 x");
    }

    @Test void whatANewerOneWroteIsNot() {
        assertThatThrownBy(() -> UnwrittenOctets.read(octets(new PackedOutput().number(3))))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("version is 3");
    }
}
