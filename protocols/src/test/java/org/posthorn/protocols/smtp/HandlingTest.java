package org.posthorn.protocols.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class HandlingTest {

    private static final Instant AT = Instant.parse("2026-03-01T09:30:00Z");

    @Test void whatIsWrittenDownIsReadAgain() {
        for (var handling : new Handling[] {Handling.NONE, Handling.NONE.heldUntil(AT), Handling.NONE.priority(-9),
            Handling.NONE.by(new Handling.By(AT, true, false)), Handling.NONE.by(new Handling.By(AT, false, true)),
            Handling.NONE.verp("+="),
            Handling.NONE.verp("=+").heldUntil(AT).priority(4).by(new Handling.By(AT, true, true))}) {
            assertThat(Handling.read(handling.text())).isEqualTo(handling);
        }
        assertThat(Handling.NONE.text()).isEmpty();
    }

    @Test void otherTextIsNotTakenForIt() {
        assertThatThrownBy(() -> Handling.read("BODY=8BITMIME")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Handling.read("MT-PRIORITY=10")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test void itsWayBeginsWhenItIsReleased() {
        assertThat(Handling.NONE.heldUntil(AT).start(AT.minusSeconds(60))).isEqualTo(AT);
        assertThat(Handling.NONE.heldUntil(AT).start(AT.plusSeconds(60))).isEqualTo(AT.plusSeconds(60));
        assertThat(Handling.NONE.start(AT)).isEqualTo(AT);
    }
}
