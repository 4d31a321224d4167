package org.posthorn.server.users;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RememberedTest {

    @Test void anAnswerLookedUpBeforeAChangeIsNotRememberedAfterIt() {
        var remembered = new Remembered<String, Integer>(10);
        assertThat(remembered.get("a", _ -> {
            remembered.forget();    // the change comes while the lookup is under way
            return 1;
        })).isEqualTo(1);
        assertThat(remembered.get("a", _ -> 2)).isEqualTo(2);
        assertThat(remembered.get("a", _ -> 3)).isEqualTo(2);
    }

    @Test void theAnswerNotAskedForLongestGivesWay() {
        var remembered = new Remembered<String, Integer>(2);
        remembered.get("a", _ -> 1);
        remembered.get("b", _ -> 1);
        remembered.get("a", _ -> 2);
        remembered.get("c", _ -> 1);
        assertThat(remembered.get("a", _ -> 3)).isEqualTo(1);
        assertThat(remembered.get("b", _ -> 3)).isEqualTo(3);
    }
}
