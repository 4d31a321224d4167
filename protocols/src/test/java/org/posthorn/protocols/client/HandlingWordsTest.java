package org.posthorn.protocols.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.Handling;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Recipient;

/** The time that is left, and the priority, on their way to the next host (RFC 2852, RFC 6710). */
class HandlingWordsTest {

    private static final Instant NOW = Instant.parse("2026-03-01T09:30:00Z");

    private static String words(Handling handling, Map<String, String> offers, Dialect dialect) {
        return switch (HandlingWords.of(handling, new Offers(offers), dialect, NOW)) {
            case HandlingWords.Said(var words) -> words;
            case HandlingWords.Refused(var trouble) -> trouble.why().substring(0, 9);
        };
    }

    private static Handling by(long seconds, boolean returned, boolean traced) {
        return Handling.NONE.by(new Handling.By(NOW.plusSeconds(seconds), returned, traced));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " | ", textBlock = """
        120  | true  | false | ''  | ' BY=120;R'
        120  | true  | true  | ''  | ' BY=120;RT'
        120  | false | true  | ''  | ' BY=120;NT'
        -120 | false | false | ''  | ' BY=-120;N'
        0    | true  | false | ''  | 554 5.4.7
        -1   | true  | false | ''  | 554 5.4.7
        120  | true  | false | 120 | ' BY=120;R'
        119  | true  | false | 120 | 554 5.4.7
        119  | false | false | 120 | ' BY=119;N'
        """)
    void theTimeThatIsLeftIsTold(long seconds, boolean returned, boolean traced, String shortest, String words) {
        assertThat(words(by(seconds, returned, traced), Map.of("DELIVERBY", shortest), Dialect.SMTP)).isEqualTo(words);
    }

    @Test void whatIsToGoBackIsNotGivenToWhoDoesNotKeepTheTime() {
        assertThat(words(by(120, true, false), Map.of(), Dialect.SMTP)).isEqualTo("554 5.3.3");
        assertThat(words(by(120, false, false), Map.of(), Dialect.SMTP)).isEmpty();
        assertThat(words(by(120, true, false), Map.of(), Dialect.LMTP)).isEmpty();
        assertThat(words(by(-1, true, false), Map.of(), Dialect.LMTP)).isEqualTo("554 5.4.7");
    }

    @Test void whoMayBeAnAliasTargetIsNotTraced() {
        var parameters = MailParameters.NONE.with(by(120, false, true));
        var ann = new Mailbox("ann", "example.org");
        var named = new Envelope(ReversePath.of(ann), parameters, List.of(Recipient.of(ann)));
        assertThat(HandlingWords.asked(named)).isEqualTo(by(120, false, true));
        var target = new Envelope(ReversePath.of(ann), parameters, List.of(Recipient.of(ann),
            new Recipient(ann, Set.of(), "rfc822;list@example.org")));
        assertThat(HandlingWords.asked(target)).isEqualTo(by(120, false, false));
    }

    @Test void aPriorityIsToldWhereItIsOffered() {
        var urgent = Handling.NONE.priority(-4);
        assertThat(words(urgent, Map.of("MT-PRIORITY", "MIXER"), Dialect.SMTP)).isEqualTo(" MT-PRIORITY=-4");
        assertThat(words(urgent, Map.of(), Dialect.SMTP)).isEmpty();
        assertThat(words(Handling.NONE.verp("+=").heldUntil(NOW), Map.of("MT-PRIORITY", "", "FUTURERELEASE", ""),
            Dialect.SMTP)).isEmpty();
    }
}
