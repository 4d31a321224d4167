package org.posthorn.server.spool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DraftMemoryTest {

    @Test void allOfItIsGivenAndNotAnOctetMore() {
        var memory = new DraftMemory(100);
        assertThat(memory.take(60)).isTrue();
        assertThat(memory.take(41)).isFalse();
        assertThat(memory.take(40)).isTrue();
        assertThat(memory.take(1)).isFalse();
        assertThat(memory.taken()).isEqualTo(100);
        memory.give(1);
        assertThat(memory.take(1)).isTrue();
    }
}
